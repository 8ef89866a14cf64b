namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>What the patterns of GPT-2 and its heirs have in common: words with the space before them.</summary>
internal abstract class WordSplitter : ScanningSplitter
{
    /// <inheritdoc/>
    /// <remarks>A word ends where a space follows a letter, whatever came before; the next word then begins with that space, whatever follows it.</remarks>
    public override int NextCut(ReadOnlySpan<char> text, int start)
    {
        for (var cut = start; cut + 1 < text.Length; cut++)
            if (text[cut] == ' ' && cut > 0 && char.IsAsciiLetter(text[cut - 1]) && char.IsAsciiLetter(text[cut + 1])) return cut;
        return text.Length;
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: all of the white space at the end of the text, else all but its last character, which goes with the word.</summary>
    protected static int Spaces(ReadOnlySpan<char> text, int end) => end == text.Length || end == 1 ? end : end - 1;

    /// <summary>Where a run of characters of one class ends.</summary>
    protected static int EndOfRun(ReadOnlySpan<char> text, int start, CharacterClass kind, int atMost = int.MaxValue)
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
    protected static int Contraction(ReadOnlySpan<char> text, bool ignoreCase)
    {
        if (text.Length < 2 || text[0] != '\'') return 0;
        var first = Fold(text[1]);
        if (first is 's' or 'd' or 'm' or 't') return 2;
        if (text.Length == 2) return 0;
        return (first, Fold(text[2])) is ('l', 'l') or ('v', 'e') or ('r', 'e') ? 3 : 0;

        char Fold(char unit) => !ignoreCase ? unit : unit == 'ſ' ? 's' : char.ToLowerInvariant(unit); // U+017F is a case of s in Unicode's folding
    }
}
