namespace TinyLM.Lab.Runs;

/// <summary>One setting of a run, by its place in <c>run.json</c>.</summary>
/// <param name="Path">Its place: <c>training.learningRate</c>.</param>
/// <param name="Text">Its value as JSON writes it, strings without quotes.</param>
/// <param name="Number">Its value where it is a number.</param>
public sealed record SpecValue(string Path, string Text, double? Number)
{
    /// <summary>The last part of <see cref="Path"/>: <c>learningRate</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];
}
