namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Which runs to show: <c>loss&lt;2 and layers&gt;=4</c>, <c>foxes</c>, <c>(tag:baseline or starred=true) not status=failed</c>.</summary>
/// <remarks>
/// <code>
/// either     = both { "or" both }
/// both       = one { [ "and" ] one }
/// one        = "not" one | "(" either ")" | field comparison value | text
/// comparison = "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "=" | "==" | "!=" | ":"
/// </code>
/// A text alone is looked for in name, id, tags, notes, preset, corpus and status. Texts are compared without regard to case;
/// <c>:</c> asks whether one holds the other. A figure that is not known yet fulfils no comparison.
/// </remarks>
public sealed class RunFilter
{
    private readonly Func<RunFacts, bool> _matches;

    private RunFilter(Func<RunFacts, bool> matches, IReadOnlySet<string> fields) => (_matches, Fields) = (matches, fields);

    /// <summary>Shows every run.</summary>
    public static RunFilter All { get; } = new(_ => true, new HashSet<string>());

    /// <summary>Names of the fields that it asks for, in lower case.</summary>
    public IReadOnlySet<string> Fields { get; }

    /// <summary>Reads a filter; an empty one shows every run.</summary>
    /// <exception cref="FilterException">The text is no filter; the message says what is wrong and what to write.</exception>
    public static RunFilter Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return All;
        var parser = new FilterParser(FilterLexer.Read(text));
        return new RunFilter(parser.Parse(), parser.Fields);
    }

    /// <summary>Whether to show a run.</summary>
    public bool Matches(RunFacts run) => _matches(run);
}
