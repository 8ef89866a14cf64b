namespace TinyLM.Model.Tokenization;

/// <summary>Cuts text into chunks by a <see cref="SplitPattern"/>, one look at each character: no expression that could backtrack.</summary>
/// <remarks>
/// .NET's regular expressions see UTF-16 units, so that <c>\p{L}</c> and <c>\p{N}</c> match no character beyond the Basic
/// Multilingual Plane, and training on such text would differ from every other implementation. The scanner sees code points.
/// </remarks>
internal static class TextSplitter
{
    /// <summary>The pattern as a regular expression in the dialect of Hugging Face's tokenizers.</summary>
    public static string Expression(SplitPattern pattern) => pattern switch
    {
        SplitPattern.Gpt2 => @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        SplitPattern.Gpt4 => @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
        _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "There is no such split pattern."),
    };

    /// <summary>The pattern that an expression means; null where it is none of those that stand in known tokenizer files.</summary>
    public static SplitPattern? Find(string expression) => expression switch
    {
        @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
            or @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+" => SplitPattern.Gpt2,
        @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
            or @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"
            or @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+" => SplitPattern.Gpt4,
        _ => null,
    };

    /// <summary>The length of the chunk that a text begins with, in UTF-16 units.</summary>
    /// <param name="text">What is left of the text, not empty; chunks of well-formed text are well-formed.</param>
    /// <param name="pattern">The pattern.</param>
    public static int NextChunk(ReadOnlySpan<char> text, SplitPattern pattern) => pattern == SplitPattern.Gpt2 ? NextGpt2(text) : NextGpt4(text);

    private static int NextGpt2(ReadOnlySpan<char> text)
    {
        if (Contraction(text, ignoreCase: false) is > 0 and var contraction) return contraction;

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        var kind = CharacterClasses.At(text, start, out _);
        if (kind != CharacterClass.Space) return EndOfRun(text, start, kind, int.MaxValue);

        return Spaces(text, EndOfRun(text, 0, CharacterClass.Space, int.MaxValue));
    }

    private static int NextGpt4(ReadOnlySpan<char> text)
    {
        if (Contraction(text, ignoreCase: true) is > 0 and var contraction) return contraction;

        var first = CharacterClasses.At(text, 0, out var length);
        if (first == CharacterClass.Letter) return EndOfRun(text, 0, CharacterClass.Letter, int.MaxValue);
        if (first == CharacterClass.Number) return EndOfRun(text, 0, CharacterClass.Number, 3);
        if (text[0] is not ('\r' or '\n') && length < text.Length && CharacterClasses.At(text, length, out _) == CharacterClass.Letter)
            return EndOfRun(text, length, CharacterClass.Letter, int.MaxValue);

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        if (CharacterClasses.At(text, start, out _) == CharacterClass.Other)
        {
            var end = EndOfRun(text, start, CharacterClass.Other, int.MaxValue);
            while (end < text.Length && text[end] is '\r' or '\n') end++;
            return end;
        }

        var spaces = EndOfRun(text, 0, CharacterClass.Space, int.MaxValue);
        return text[..spaces].LastIndexOfAny('\r', '\n') is >= 0 and var lineBreak ? lineBreak + 1 : Spaces(text, spaces);
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: all of the white space at the end of the text, else all but its last character, which goes with the word.</summary>
    private static int Spaces(ReadOnlySpan<char> text, int end) => end == text.Length || end == 1 ? end : end - 1;

    private static int EndOfRun(ReadOnlySpan<char> text, int start, CharacterClass kind, int atMost)
    {
        var end = start;
        for (var count = 0; end < text.Length && count < atMost; count++)
        {
            if (CharacterClasses.At(text, end, out var length) != kind) break;
            end += length;
        }
        return end;
    }

    /// <summary>The length of <c>'s</c>, <c>'ll</c> and the like, or 0.</summary>
    private static int Contraction(ReadOnlySpan<char> text, bool ignoreCase)
    {
        if (text[0] != '\'' || text.Length == 1) return 0;
        var first = Fold(text[1]);
        if (first is 's' or 'd' or 'm' or 't') return 2;
        if (text.Length == 2) return 0;
        return (first, Fold(text[2])) is ('l', 'l') or ('v', 'e') or ('r', 'e') ? 3 : 0;

        char Fold(char unit) => !ignoreCase ? unit : unit == 'ſ' ? 's' : char.ToLowerInvariant(unit); // U+017F is a case of s in Unicode's folding
    }
}
