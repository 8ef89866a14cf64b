namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>A splitter that finds a chunk by looking at what follows alone.</summary>
internal abstract class ScanningSplitter : TextSplitter
{
    /// <inheritdoc/>
    public sealed override void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0)
    {
        for (var start = 0; start < text.Length; ends.Add(offset + start)) start += NextChunk(text[start..]);
    }

    /// <summary>The length of the chunk that a text begins with, in UTF-16 units.</summary>
    /// <param name="text">What is left of the text, not empty.</param>
    protected abstract int NextChunk(ReadOnlySpan<char> text);

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
