namespace TinyLM.Model.Tokenization.Splitting;

/// <summary><c>'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+</c></summary>
/// <param name="mostDigits">Digits that stand together.</param>
/// <param name="keepsLastSpaces">Whether <c>\s+$</c> comes before <c>\s*[\r\n]</c>, as in tiktoken's cl100k_base.</param>
internal sealed class Gpt4Splitter(int mostDigits, bool keepsLastSpaces) : WordSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        if (Contraction(text, ignoreCase: true) is > 0 and var contraction) return contraction;

        var first = CharacterClasses.At(text, 0, out var length);
        if (first == CharacterClass.Letter) return EndOfRun(text, 0, CharacterClass.Letter);
        if (first == CharacterClass.Number) return EndOfRun(text, 0, CharacterClass.Number, mostDigits);
        if (text[0] is not ('\r' or '\n') && length < text.Length && CharacterClasses.At(text, length, out _) == CharacterClass.Letter)
            return EndOfRun(text, length, CharacterClass.Letter);

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        if (CharacterClasses.At(text, start, out _) == CharacterClass.Other)
        {
            var end = EndOfRun(text, start, CharacterClass.Other);
            while (end < text.Length && text[end] is '\r' or '\n') end++;
            return end;
        }

        var spaces = EndOfRun(text, 0, CharacterClass.Space);
        if (keepsLastSpaces && spaces == text.Length) return spaces;
        return text[..spaces].LastIndexOfAny('\r', '\n') is >= 0 and var lineBreak ? lineBreak + 1 : Spaces(text, spaces);
    }
}
