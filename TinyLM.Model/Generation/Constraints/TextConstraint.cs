namespace TinyLM.Model.Generation.Constraints;

/// <summary>What a text must be, from its first character to its last.</summary>
/// <param name="Kind">In which words it is said.</param>
/// <param name="Text">A regular expression, choices of a line each, or a JSON schema.</param>
public sealed record TextConstraint(ConstraintKind Kind, string Text)
{
    /// <summary>The text matches a regular expression from end to end.</summary>
    public static TextConstraint Regex(string expression) => new(ConstraintKind.Regex, expression);

    /// <summary>The text is one of some choices.</summary>
    public static TextConstraint Choices(IEnumerable<string> choices) => new(ConstraintKind.Choices, string.Join('\n', choices));

    /// <summary>The text is JSON of a schema.</summary>
    public static TextConstraint JsonSchema(string schema) => new(ConstraintKind.JsonSchema, schema);

    /// <summary>What is wrong with it, in words; null where it can be followed.</summary>
    public string? Problem()
    {
        try
        {
            _ = new ByteAutomaton(ToPattern());
            return null;
        }
        catch (ConstraintException e)
        {
            return e.Message;
        }
    }

    /// <summary>The constraint as a regular language.</summary>
    /// <exception cref="ConstraintException">It cannot be followed.</exception>
    internal Pattern ToPattern() => Kind switch
    {
        ConstraintKind.Regex => RegexParser.Parse(Text),
        ConstraintKind.Choices when Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [_, ..] choices => Pattern.AnyOf([.. choices.Select(Pattern.Literal)]),
        ConstraintKind.Choices => throw new ConstraintException("There is no choice: expected one on each line."),
        ConstraintKind.JsonSchema => JsonSchemaParser.Parse(Text),
        _ => throw new ConstraintException($"There is no constraint of the kind {Kind}."),
    };
}

/// <summary>In which words a constraint is said.</summary>
public enum ConstraintKind
{
    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary>A list of texts.</summary>
    Choices,

    /// <summary>A JSON schema.</summary>
    JsonSchema,
}
