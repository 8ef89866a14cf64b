using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>Texts to measure a model on: the beginning of the corpus that it learned from, or built-in stories where that is not known.</summary>
/// <param name="directory">Holds the corpora.</param>
/// <param name="runs">Knows which run learned from which.</param>
internal sealed class SampleTexts(LabDirectory directory, IRunService runs)
{
    /// <summary>Documents, each cut to a length, the token that begins a document first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="count">Most documents.</param>
    /// <param name="length">Most tokens of each.</param>
    /// <exception cref="CorpusFormatException">The corpus is gone or damaged: the message says what to do.</exception>
    /// <exception cref="IOException">The corpus cannot be read.</exception>
    public IReadOnlyList<IReadOnlyList<int>> Read(ModelReference model, TextTokenizer tokenizer, int count, int length)
    {
        var data = model.Origin == ModelOrigin.Run && runs.Find(model.Id) is not null ? runs.GetSpec(model.Id).Data : new DataSpec();
        return [.. CorpusSource.Open(directory, data).ReadDocuments().Take(count)
            .Select(document => (IReadOnlyList<int>)[tokenizer.EndOfTextId, .. tokenizer.Encode(document.Text).Take(length - 1)])];
    }
}
