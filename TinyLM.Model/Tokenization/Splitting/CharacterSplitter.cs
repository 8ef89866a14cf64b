namespace TinyLM.Model.Tokenization.Splitting;

/// <summary><c>[\s\S]</c> by code points.</summary>
internal sealed class CharacterSplitter : ScanningSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        CharacterClasses.IsPair(text, 0, out var length);
        return length;
    }
}
