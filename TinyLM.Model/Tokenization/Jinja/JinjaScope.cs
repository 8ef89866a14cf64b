using System.Text;

namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>What names stand for at a place of a template, and what was written so far.</summary>
internal sealed class JinjaScope
{
    private const int MostSteps = 1_000_000;
    private const int LongestOutput = 4_000_000;

    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);
    private readonly JinjaScope? _outer;
    private readonly JinjaScope _root;
    private int _steps;

    /// <param name="output">Receives the text.</param>
    public JinjaScope(StringBuilder output) => (Output, _root) = (output, this);

    /// <summary>A scope within another: of a loop.</summary>
    public JinjaScope(JinjaScope outer) => (Output, _outer, _root, Leave) = (outer.Output, outer, outer._root, LoopExit.None);

    /// <summary>Receives the text.</summary>
    public StringBuilder Output { get; private init; }

    /// <summary>Whether the loop is being left.</summary>
    public LoopExit Leave { get; set; }

    /// <summary>The same scope, writing elsewhere.</summary>
    public JinjaScope Into(StringBuilder output) => new(this) { Output = output };

    /// <summary>Names a value, in this scope alone.</summary>
    public void Set(string name, object? value) => _values[name] = value;

    /// <summary>What a name stands for.</summary>
    public object? Get(string name) => _values.TryGetValue(name, out var value) ? value : _outer is null ? new JinjaUndefined(name) : _outer.Get(name);

    /// <summary>Writes a text.</summary>
    /// <exception cref="TemplateException">The output became too long.</exception>
    public void Write(string text)
    {
        if (Output.Length + text.Length > LongestOutput) throw new TemplateException($"The template writes more than {LongestOutput:N0} characters.");
        Output.Append(text);
    }

    /// <summary>Counts a step.</summary>
    /// <exception cref="TemplateException">There were too many.</exception>
    public void Step()
    {
        if (++_root._steps > MostSteps) throw new TemplateException($"The template takes more than {MostSteps:N0} steps.");
    }
}

/// <summary>How a loop is left.</summary>
internal enum LoopExit
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>For the next item.</summary>
    Continue,

    /// <summary>For good.</summary>
    Break,
}

/// <summary>A name that stands for nothing.</summary>
/// <param name="Name">For messages.</param>
internal sealed record JinjaUndefined(string Name);

/// <summary>Something that can be called.</summary>
/// <param name="arguments">By place.</param>
/// <param name="named">By name.</param>
internal delegate object? JinjaFunction(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named);

/// <summary>What <c>namespace()</c> makes: values that a loop may change for whoever is outside of it.</summary>
internal sealed class JinjaNamespace(IReadOnlyDictionary<string, object?> values)
{
    /// <summary>The values by name.</summary>
    public Dictionary<string, object?> Values { get; } = new(values, StringComparer.Ordinal);
}
