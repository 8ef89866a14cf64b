namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Cuts a filter into its words.</summary>
internal static class FilterLexer
{
    private const string Delimiters = "<>=!:()\"";

    /// <summary>The words and the end.</summary>
    /// <exception cref="FilterException">A quotation mark is not closed, or <c>!</c> stands alone.</exception>
    public static List<FilterToken> Read(string text)
    {
        var tokens = new List<FilterToken>();
        for (var i = 0; i < text.Length;)
        {
            var (kind, length) = text[i] switch
            {
                var c when char.IsWhiteSpace(c) => (FilterTokenKind.End, 1),
                '(' => (FilterTokenKind.Open, 1),
                ')' => (FilterTokenKind.Close, 1),
                '"' => (FilterTokenKind.Quoted, QuoteLength(text, i)),
                '<' or '>' or '=' or '!' or ':' => (FilterTokenKind.Comparison, ComparisonLength(text, i)),
                _ => (FilterTokenKind.Word, WordLength(text, i)),
            };
            if (kind != FilterTokenKind.End)
                tokens.Add(new FilterToken(kind, kind == FilterTokenKind.Quoted ? text[(i + 1)..(i + length - 1)] : text[i..(i + length)], i));
            i += length;
        }

        tokens.Add(new FilterToken(FilterTokenKind.End, "", text.Length));
        return tokens;
    }

    private static int QuoteLength(string text, int start)
    {
        var end = text.IndexOf('"', start + 1);
        return end > 0 ? end - start + 1 : throw new FilterException("The quotation mark is not closed.", start);
    }

    private static int ComparisonLength(string text, int start)
    {
        var isLong = start + 1 < text.Length && text[start + 1] == '=' && text[start] != ':';
        if (text[start] == '!' && !isLong) throw new FilterException("'!' alone means nothing here; write != for “is not”, or the word not.", start);
        return isLong ? 2 : 1;
    }

    private static int WordLength(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !Delimiters.Contains(text[end], StringComparison.Ordinal)) end++;
        return end - start;
    }
}
