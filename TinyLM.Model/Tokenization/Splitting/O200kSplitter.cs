namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>The pattern of tiktoken's o200k_base.</summary>
/// <remarks>
/// With U for <c>\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}</c>, W for <c>\p{Ll}\p{Lm}\p{Lo}\p{M}</c> and C for the contractions, case ignored:
/// <c>[^\r\n\p{L}\p{N}]?[U]*[W]+C?|[^\r\n\p{L}\p{N}]?[U]+[W]*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </remarks>
internal sealed class O200kSplitter : WordSplitter
{
    /// <inheritdoc/>
    protected override int NextChunk(ReadOnlySpan<char> text)
    {
        var first = CharacterClasses.At(text, 0, out var length);
        if (first == CharacterClass.Number) return EndOfRun(text, 0, CharacterClass.Number, 3);
        if (Word(text, first, length) is > 0 and var word) return word + Contraction(text[word..], ignoreCase: true);

        var start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        if (CharacterClasses.At(text, start, out _) == CharacterClass.Other)
        {
            var end = EndOfRun(text, start, CharacterClass.Other);
            while (end < text.Length && text[end] is '\r' or '\n' or '/') end++;
            return end;
        }

        var spaces = EndOfRun(text, 0, CharacterClass.Space);
        return text[..spaces].LastIndexOfAny('\r', '\n') is >= 0 and var lineBreak ? lineBreak + 1 : Spaces(text, spaces);
    }

    /// <summary>Both alternatives for words, each first with a sign before the letters and then without; 0 where there is none.</summary>
    private static int Word(ReadOnlySpan<char> text, CharacterClass first, int length)
    {
        var behindSign = first != CharacterClass.Letter && text[0] is not ('\r' or '\n') ? length : 0;
        if (behindSign > 0 && EndsSmall(text, behindSign) is > 0 and var signed) return signed;
        if (EndsSmall(text, 0) is > 0 and var bare) return bare;
        if (behindSign > 0 && EndOf(text, behindSign, LetterCase.Upper) is var end && end > behindSign) return end;
        return EndOf(text, 0, LetterCase.Upper);
    }

    /// <summary>Where <c>[U]*[W]+</c> ends from a place on, the first as long as it can be; 0 where it does not match.</summary>
    private static int EndsSmall(ReadOnlySpan<char> text, int start)
    {
        var (end, lastSmall) = (start, 0);
        while (end < text.Length && CharacterClasses.CaseAt(text, end, out var length) is var at && (at & LetterCase.Upper) != 0)
        {
            end += length;
            if ((at & LetterCase.Lower) != 0) lastSmall = end; // it can be given back to [W]+
        }
        var small = EndOf(text, end, LetterCase.Lower);
        return small > end ? small : lastSmall;
    }

    private static int EndOf(ReadOnlySpan<char> text, int start, LetterCase wanted)
    {
        while (start < text.Length && (CharacterClasses.CaseAt(text, start, out var length) & wanted) != 0) start += length;
        return start;
    }
}
