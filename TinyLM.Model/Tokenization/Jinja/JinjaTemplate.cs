using System.Text;

namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>A text template in the part of Jinja's language that chat templates are written in. Immutable and safe for any number of threads.</summary>
/// <remarks>
/// https://jinja.palletsprojects.com/en/stable/templates, with the settings of Hugging Face's tokenizers: blocks take the line break after
/// them and the blanks before them away, loops may be left, and there are <c>raise_exception</c> and <c>strftime_now</c>. There are
/// text, output, for, if, set, break and continue; macros, imports, inheritance and calls that change values are refused by name.
/// Templates come with models of other people: they reach nothing but what they are given, and end after a number of steps.
/// </remarks>
public sealed class JinjaTemplate
{
    private readonly Action<JinjaScope> _body;

    private JinjaTemplate(Action<JinjaScope> body) => _body = body;

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">It is malformed, or asks for what is not supported; the message names the line.</exception>
    public static JinjaTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new JinjaTemplate(new JinjaParser(JinjaLexer.Read(source)).ReadTemplate());
    }

    /// <summary>The text for some values.</summary>
    /// <param name="values">By name: null, booleans, numbers (long, double), texts, lists and dictionaries of them.</param>
    /// <param name="now">The time that <c>strftime_now</c> tells.</param>
    /// <exception cref="TemplateException">The template refuses the values, or does with them what cannot be done.</exception>
    public string Render(IReadOnlyDictionary<string, object?> values, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(values);
        var output = new StringBuilder();
        var scope = new JinjaScope(output);
        foreach (var (name, function) in JinjaFunctions.Globals(now)) scope.Set(name, function);
        foreach (var (name, value) in values) scope.Set(name, value);
        _body(scope);
        return output.ToString();
    }
}
