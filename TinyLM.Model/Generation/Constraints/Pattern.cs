namespace TinyLM.Model.Generation.Constraints;

/// <summary>A regular language of texts, as a tree.</summary>
internal abstract record Pattern
{
    /// <summary>The empty text alone.</summary>
    public static Pattern Empty { get; } = new SequencePattern([]);

    /// <summary>One text alone.</summary>
    public static Pattern Literal(string text) => new SequencePattern([.. text.EnumerateRunes().Select(rune => new CharacterPattern([(rune.Value, rune.Value)]))]);

    /// <summary>A character of some ranges, both ends counted.</summary>
    public static Pattern Of(params (int From, int To)[] ranges) => new CharacterPattern(ranges);

    /// <summary>One pattern after the other.</summary>
    public static Pattern Sequence(params Pattern[] parts) => new SequencePattern(parts);

    /// <summary>Any one of some patterns.</summary>
    public static Pattern AnyOf(params Pattern[] parts) => parts.Length == 1 ? parts[0] : new ChoicePattern(parts);

    /// <summary>The pattern, or nothing.</summary>
    public Pattern Optional() => Repeat(0, 1);

    /// <summary>The pattern again and again.</summary>
    /// <param name="least">Times at least.</param>
    /// <param name="most">Times at most; null for any.</param>
    public Pattern Repeat(int least, int? most) => new RepeatPattern(this, least, most);
}

/// <summary>A character of some ranges of code points, both ends counted.</summary>
internal sealed record CharacterPattern(IReadOnlyList<(int From, int To)> Ranges) : Pattern
{
    /// <summary>Every character but those of some ranges.</summary>
    public static CharacterPattern Except(IEnumerable<(int From, int To)> ranges)
    {
        const int Last = 0x10FFFF;
        var left = new List<(int, int)>();
        var next = 0;
        foreach (var (from, to) in ranges.Append((0xD800, 0xDFFF)).OrderBy(range => range.Item1)) // no text has a lone surrogate
        {
            if (from > next) left.Add((next, from - 1));
            next = Math.Max(next, to + 1);
        }

        if (next <= Last) left.Add((next, Last));
        return new CharacterPattern(left);
    }
}

/// <summary>One pattern after the other.</summary>
internal sealed record SequencePattern(IReadOnlyList<Pattern> Parts) : Pattern;

/// <summary>Any one of some patterns.</summary>
internal sealed record ChoicePattern(IReadOnlyList<Pattern> Parts) : Pattern;

/// <summary>A pattern again and again.</summary>
internal sealed record RepeatPattern(Pattern Part, int Least, int? Most) : Pattern;
