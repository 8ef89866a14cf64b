namespace TinyLM.Model.Generation.Constraints;

/// <summary>The parts of JSON as regular languages. RFC 8259.</summary>
internal static class JsonPatterns
{
    private static readonly Pattern s_digit = Pattern.Of(('0', '9'));
    private static readonly Pattern s_hex = Pattern.Of(('0', '9'), ('A', 'F'), ('a', 'f'));

    private static readonly Pattern s_character = Pattern.AnyOf(
        CharacterPattern.Except([(0, 0x1F), ('"', '"'), ('\\', '\\')]),
        Pattern.Sequence(Pattern.Literal("\\"), Pattern.AnyOf(
            Pattern.Of(('"', '"'), ('\\', '\\'), ('/', '/'), ('b', 'b'), ('f', 'f'), ('n', 'n'), ('r', 'r'), ('t', 't')),
            Pattern.Sequence(Pattern.Literal("u"), s_hex.Repeat(4, 4)))));

    /// <summary>One space, or none.</summary>
    public static Pattern Space { get; } = Pattern.Literal(" ").Optional();

    /// <summary>A whole number.</summary>
    public static Pattern Integer { get; } = Pattern.Sequence(
        Pattern.Literal("-").Optional(), Pattern.AnyOf(Pattern.Literal("0"), Pattern.Sequence(Pattern.Of(('1', '9')), s_digit.Repeat(0, null))));

    /// <summary>Any number.</summary>
    public static Pattern Number { get; } = Pattern.Sequence(
        Integer,
        Pattern.Sequence(Pattern.Literal("."), s_digit.Repeat(1, null)).Optional(),
        Pattern.Sequence(Pattern.Of(('e', 'e'), ('E', 'E')), Pattern.Of(('+', '+'), ('-', '-')).Optional(), s_digit.Repeat(1, null)).Optional());

    /// <summary>True or false.</summary>
    public static Pattern Boolean { get; } = Pattern.AnyOf(Pattern.Literal("true"), Pattern.Literal("false"));

    /// <summary>Nothing.</summary>
    public static Pattern Null { get; } = Pattern.Literal("null");

    /// <summary>A string of so many characters.</summary>
    public static Pattern String(int least, int? most) => Pattern.Sequence(Pattern.Literal("\""), s_character.Repeat(least, most), Pattern.Literal("\""));

    /// <summary>An array of so many items.</summary>
    public static Pattern Array(Pattern item, int least, int? most)
    {
        var further = Pattern.Sequence(Pattern.Literal(","), Space, item).Repeat(Math.Max(0, least - 1), most is { } count ? Math.Max(0, count - 1) : null);
        var items = most == 0 ? Pattern.Empty : Pattern.Sequence(item, further);
        return Pattern.Sequence(Pattern.Literal("["), least == 0 ? items.Optional() : items, Pattern.Literal("]"));
    }

    /// <summary>An object of any members, with values nested so deep.</summary>
    public static Pattern Object(int depth)
    {
        var member = Pattern.Sequence(String(0, null), Pattern.Literal(":"), Space, Value(depth - 1));
        return Pattern.Sequence(
            Pattern.Literal("{"),
            Pattern.Sequence(member, Pattern.Sequence(Pattern.Literal(","), Space, member).Repeat(0, null)).Optional(),
            Pattern.Literal("}"));
    }

    /// <summary>Any value, nested so deep.</summary>
    public static Pattern Value(int depth)
    {
        Pattern[] plain = [String(0, null), Number, Boolean, Null];
        return Pattern.AnyOf(depth <= 0 ? plain : [.. plain, Array(Value(depth - 1), 0, null), Object(depth)]);
    }

    /// <summary>A pattern of plain text as it stands inside a string: quotes and backslashes escaped, no control characters.</summary>
    public static Pattern Escaped(Pattern pattern) => pattern switch
    {
        SequencePattern sequence => new SequencePattern([.. sequence.Parts.Select(Escaped)]),
        ChoicePattern choice => new ChoicePattern([.. choice.Parts.Select(Escaped)]),
        RepeatPattern repeat => repeat with { Part = Escaped(repeat.Part) },
        CharacterPattern character => Escaped(character),
        _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "There is no such pattern."),
    };

    private static Pattern Escaped(CharacterPattern character)
    {
        var parts = new List<Pattern>();
        int[] special = ['"', '\\', '\n', '\r', '\t', '\b', '\f'];
        foreach (var one in special.Where(one => character.Ranges.Any(range => range.From <= one && one <= range.To)))
            parts.Add(Pattern.Literal(one switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\b' => "\\b", _ => "\\f" }));
        (int From, int To)[] plain = [.. character.Ranges.SelectMany(range => Cut((Math.Max(range.From, 0x20), range.To)))];
        if (plain.Length > 0) parts.Add(new CharacterPattern(plain));
        return parts.Count > 0 ? Pattern.AnyOf([.. parts]) : throw new ConstraintException("A pattern asks for a control character that JSON has no short escape for.");
    }

    /// <summary>A range without quote and backslash.</summary>
    private static IEnumerable<(int From, int To)> Cut((int From, int To) range) =>
        ((int From, int To)[])[(range.From, Math.Min(range.To, '"' - 1)), (Math.Max(range.From, '"' + 1), Math.Min(range.To, '\\' - 1)), (Math.Max(range.From, '\\' + 1), range.To)] is var parts
            ? parts.Where(part => part.From <= part.To) : [];
}
