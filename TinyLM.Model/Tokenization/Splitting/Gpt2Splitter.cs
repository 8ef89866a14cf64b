namespace TinyLM.Model.Tokenization.Splitting;

/// <summary><c>'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c></summary>
/// <remarks>Radford et al. 2019, encoder.py.</remarks>
internal sealed class Gpt2Splitter : ScanningSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        if (Contraction(text, ignoreCase: false) is > 0 and var contraction) return contraction;

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        var kind = CharacterClasses.At(text, start, out _);
        return kind == CharacterClass.Space ? Spaces(text, EndOfRun(text, 0, CharacterClass.Space)) : EndOfRun(text, start, kind);
    }
}
