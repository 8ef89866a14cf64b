using TinyLM.Lab.Hosting;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Library;

/// <summary>Finds the text that a spec names.</summary>
internal static class CorpusSource
{
    /// <summary>Opens the corpus of a run.</summary>
    /// <param name="directory">Holds the corpora that people added.</param>
    /// <param name="data">Names it.</param>
    /// <exception cref="CorpusFormatException">There is no such corpus, or it is damaged: the message says what to do.</exception>
    /// <exception cref="IOException">Its files cannot be read.</exception>
    public static ICorpus Open(LabDirectory directory, DataSpec data)
    {
        if (StorySet.Find(data.Corpus) is { } stories) return new StoryCorpus(stories, data.StorySeed, data.StoryBytes);

        var folder = Path.Combine(directory.CorporaPath, data.Corpus);
        if (!LabDirectory.IsName(data.Corpus) || !Directory.Exists(folder))
            throw new CorpusFormatException($"There is no corpus '{data.Corpus}' in '{directory.CorporaPath}'. It may have been deleted; 'stories' is always there.");
        return StoredCorpus.Open(folder);
    }
}
