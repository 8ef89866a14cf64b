namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>A splitter that finds a chunk by looking at what follows alone.</summary>
internal abstract class ScanningSplitter : TextSplitter
{
    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0)
    {
        for (var start = 0; start < text.Length; ends.Add(offset + start)) start += NextChunk(text[start..]);
    }

    /// <summary>The length of the chunk that a text begins with, in UTF-16 units.</summary>
    /// <param name="text">What is left of the text, not empty.</param>
    protected abstract int NextChunk(ReadOnlySpan<char> text);
}
