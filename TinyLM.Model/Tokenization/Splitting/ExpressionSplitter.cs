using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>Cuts by a regular expression of one's own, without backtracking; what it does not match is a chunk too.</summary>
/// <remarks>
/// .NET's expressions see UTF-16 units. So each character beyond the Basic Multilingual Plane is matched in the shape of a rare
/// one of its category within the plane: categories and <c>.</c> then see characters, and no chunk ends within one.
/// <para>
/// Most published patterns end with <c>|\s+(?!\S)|\s+</c>, the one look-ahead that is known here: white space but for the last
/// of it, which goes with the word. It is matched as <c>|\s+</c> and shortened, unless an alternative before it matches there.
/// </para>
/// </remarks>
internal sealed class ExpressionSplitter : TextSplitter
{
    private const int LongestExpression = 2_000;
    private const string SpacesBeforeWords = @"|\s+(?!\S)|\s+";
    private static readonly TimeSpan s_longestSearch = TimeSpan.FromSeconds(20); // for one match, in a text of any length

    private readonly Regex _expression;
    private readonly Regex? _beforeSpaces; // the alternatives before SpacesBeforeWords

    /// <exception cref="ArgumentException">The expression is not sound.</exception>
    public ExpressionSplitter(string expression)
    {
        if (ProblemOf(expression) is { } problem) throw new ArgumentException(problem, nameof(expression));
        (_expression, _beforeSpaces) = Compile(expression);
    }

    /// <summary>Why an expression cannot be used, in words; null where it can.</summary>
    public static string? ProblemOf(string? expression)
    {
        if (string.IsNullOrEmpty(expression)) return "The split expression is empty; write a regular expression that matches the chunks of a text, such as ' ?\\w+|\\s+|[^\\w\\s]+'.";
        if (expression.Length > LongestExpression) return $"The split expression has {expression.Length} characters; it may have {LongestExpression}.";
        if (expression.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
            return $"The split expression holds a character beyond the Basic Multilingual Plane at position {at + 1}; name its category, such as \\p{{So}} for emoji.";
        try
        {
            _ = Compile(expression);
            return null;
        }
        catch (RegexParseException e)
        {
            return $"The split expression is no regular expression. {e.Message}";
        }
        catch (NotSupportedException)
        {
            return "The split expression needs backtracking (look-around, back-references or atomic groups), which can take time without end; write it without, or take the pattern of GPT-2 or GPT-4, which are built in. At its end |\\s+(?!\\S)|\\s+ is known.";
        }
    }

    /// <inheritdoc/>
    public override void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0)
    {
        var flat = text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Flatten(text);
        var isFlattened = flat.Length != text.Length;
        var (done, flatDone) = (0, 0);
        try
        {
            for (var start = 0; start < flat.Length;) start = SplitFrom(start, text, flat);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InvalidOperationException($"The split expression needs more than {s_longestSearch.TotalSeconds} s for one match in this text; write a simpler one.", e);
        }
        Advance(text, flat.Length);

        // Up to a match that is shortened, behind which matching begins anew.
        int SplitFrom(int start, ReadOnlySpan<char> text, ReadOnlySpan<char> flat)
        {
            foreach (var match in _expression.EnumerateMatches(flat, start))
            {
                if (match.Length == 0) continue;
                var end = match.Index + match.Length;
                var isShortened = LeavesTheLast(flat, match.Index, end);
                if (isShortened) end--;
                Advance(text, match.Index);
                Advance(text, end);
                if (isShortened) return end;
            }
            return flat.Length;
        }

        void Advance(ReadOnlySpan<char> text, int flatEnd)
        {
            if (flatEnd == flatDone) return;
            if (!isFlattened) done = flatEnd;
            else
                for (; flatDone < flatEnd; flatDone++)
                {
                    CharacterClasses.IsPair(text, done, out var length);
                    done += length;
                }
            flatDone = flatEnd;
            ends.Add(offset + done);
        }
    }

    /// <summary>Whether a match is one of <c>\s+(?!\S)</c> before a word.</summary>
    private bool LeavesTheLast(ReadOnlySpan<char> text, int start, int end)
    {
        if (_beforeSpaces is null || end - start < 2 || end == text.Length || char.IsWhiteSpace(text[end])) return false;
        if (!text[start..end].IsWhiteSpace()) return false;
        foreach (var earlier in _beforeSpaces.EnumerateMatches(text[..(end + 1)], start)) return earlier.Index > start || earlier.Length == 0;
        return true;
    }

    private static (Regex Whole, Regex? BeforeSpaces) Compile(string expression)
    {
        if (!expression.EndsWith(SpacesBeforeWords, StringComparison.Ordinal)) return (Compiled(expression), null);
        var before = expression[..^SpacesBeforeWords.Length];
        return (Compiled($@"{before}|\s+"), Compiled(before));

        static Regex Compiled(string expression) => new(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_longestSearch);
    }

    /// <summary>One unit for each character.</summary>
    private static ReadOnlySpan<char> Flatten(ReadOnlySpan<char> text)
    {
        var flat = new char[text.Length];
        var length = 0;
        foreach (var rune in text.EnumerateRunes()) flat[length++] = rune.IsBmp ? (char)rune.Value : OfCategory(Rune.GetUnicodeCategory(rune));
        return flat.AsSpan(0, length);
    }

    private static char OfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\uA7AA',
        UnicodeCategory.LowercaseLetter => '\uAB60',
        UnicodeCategory.ModifierLetter => '\uAB5F',
        UnicodeCategory.OtherLetter => '\uA4D0',
        UnicodeCategory.NonSpacingMark => '\uA8E0',
        UnicodeCategory.SpacingCombiningMark => '\uABE3',
        UnicodeCategory.DecimalDigitNumber => '\uABF0',
        UnicodeCategory.LetterNumber => '\uA6E6',
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.OtherPunctuation => '\uABEB',
        UnicodeCategory.DashPunctuation => '\uFE58',
        UnicodeCategory.MathSymbol => '\u2A7F',
        UnicodeCategory.CurrencySymbol => '\uA838',
        UnicodeCategory.ModifierSymbol => '\uAB5B',
        UnicodeCategory.OtherSymbol => '\uA490',
        UnicodeCategory.Format => '\u206A',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\uFDD0', // not assigned
    };
}
