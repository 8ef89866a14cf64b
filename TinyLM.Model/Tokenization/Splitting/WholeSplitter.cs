namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>One chunk.</summary>
internal sealed class WholeSplitter : ScanningSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text) => text.Length;
}
