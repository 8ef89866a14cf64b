namespace TinyLM.Model.Tokenization.Splitting;

/// <summary><c>\p{N}</c>, and what lies between: Hugging Face's <c>Digits</c> with <c>individual_digits</c>.</summary>
internal sealed class DigitSplitter : ScanningSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        if (CharacterClasses.At(text, 0, out var end) == CharacterClass.Number) return end;
        while (end < text.Length && CharacterClasses.At(text, end, out var length) != CharacterClass.Number) end += length;
        return end;
    }
}
