namespace TinyLM.Model.Runs;

/// <summary>A named, ready configuration.</summary>
/// <param name="Id">As the command line and <see cref="RunSpec.Preset"/> name it.</param>
/// <param name="Title">As pages name it.</param>
/// <param name="Description">One sentence: what comes out and how long it takes.</param>
/// <param name="Spec">The settings.</param>
/// <param name="Text">The text that it is meant for, where a person has to bring it.</param>
public sealed record RunPreset(string Id, string Title, string Description, RunSpec Spec, PresetText? Text = null)
{
    /// <summary>The settings with the text that it is meant for.</summary>
    /// <param name="corpora">Ids and names of the corpora that there are, the newest first.</param>
    public RunSpec With(IEnumerable<(string Id, string Name)> corpora) =>
        Text is { } text && corpora.FirstOrDefault(corpus => corpus.Name.Contains(text.Keyword, StringComparison.OrdinalIgnoreCase)) is { Id: { } id }
            ? Spec with { Data = Spec.Data with { Corpus = id } }
            : Spec;
}
