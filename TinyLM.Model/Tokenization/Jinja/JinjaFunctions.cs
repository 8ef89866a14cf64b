using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>Functions, filters, tests and methods that templates can use.</summary>
internal static class JinjaFunctions
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Filters; their first argument is the value.</summary>
    public static IReadOnlyDictionary<string, JinjaFunction> Filters { get; } = new SortedDictionary<string, JinjaFunction>(StringComparer.Ordinal)
    {
        ["trim"] = (a, _) => Strip(JinjaValues.Text(a[0]), Argument(a, 1), start: true, end: true),
        ["length"] = (a, _) => Count(a[0]),
        ["count"] = (a, _) => Count(a[0]),
        ["upper"] = (a, _) => JinjaValues.Text(a[0]).ToUpperInvariant(),
        ["lower"] = (a, _) => JinjaValues.Text(a[0]).ToLowerInvariant(),
        ["capitalize"] = (a, _) => Capitalize(JinjaValues.Text(a[0])),
        ["first"] = (a, _) => JinjaValues.Items(a[0]).Take(1).ToList() is [var one] ? one : new JinjaUndefined("the first of nothing"),
        ["last"] = (a, _) => JinjaValues.Items(a[0]).TakeLast(1).ToList() is [var one] ? one : new JinjaUndefined("the last of nothing"),
        ["reverse"] = (a, _) => JinjaValues.Slice(a[0], null, null, -1L),
        ["list"] = (a, _) => JinjaValues.Items(a[0]).ToList(),
        ["items"] = (a, _) => Pairs(a[0]),
        ["string"] = (a, _) => JinjaValues.Text(a[0]),
        ["safe"] = (a, _) => a[0],
        ["int"] = (a, _) => a[0] is string text ? long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0L : a[0] is double real ? (long)real : JinjaValues.Whole(a[0]),
        ["join"] = (a, named) => string.Join(JinjaValues.Text(Argument(a, 1) ?? ""), JinjaValues.Items(a[0]).Select(item => JinjaValues.Text(named.TryGetValue("attribute", out var name) ? JinjaValues.Item(item, name) : item))),
        ["replace"] = (a, _) => JinjaValues.Text(a[0]).Replace(NotEmpty(a, 1), JinjaValues.Text(Argument(a, 2)), StringComparison.Ordinal),
        ["default"] = Default,
        ["d"] = Default,
        ["tojson"] = (a, named) => Json(a[0], named.TryGetValue("indent", out var indent) ? (int?)JinjaValues.Whole(indent) : Argument(a, 1) is { } second ? (int?)JinjaValues.Whole(second) : null),
        ["selectattr"] = (a, _) => Select(a, wanted: true),
        ["rejectattr"] = (a, _) => Select(a, wanted: false),
        ["map"] = (a, named) => named.TryGetValue("attribute", out var name) ? JinjaValues.Items(a[0]).Select(item => JinjaValues.Item(item, name)).ToList()
            : JinjaValues.Items(a[0]).Select(item => Filters!.TryGetValue(JinjaValues.Text(Argument(a, 1)), out var filter) ? filter([item, .. a.Skip(2)], named) : throw new TemplateException("The template maps by a filter that is not supported.")).ToList(),
    };

    /// <summary>Tests of a value, some with an argument.</summary>
    public static IReadOnlyDictionary<string, Func<object?, object?, bool>> Tests { get; } = new SortedDictionary<string, Func<object?, object?, bool>>(StringComparer.Ordinal)
    {
        ["defined"] = (value, _) => value is not JinjaUndefined,
        ["undefined"] = (value, _) => value is JinjaUndefined,
        ["none"] = (value, _) => value is null,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["boolean"] = (value, _) => value is bool,
        ["string"] = (value, _) => value is string,
        ["number"] = (value, _) => value is long or double or bool,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["mapping"] = (value, _) => value is IDictionary,
        ["sequence"] = (value, _) => value is IList or IDictionary or string,
        ["iterable"] = (value, _) => value is IList or IDictionary or string or JinjaUndefined,
        ["odd"] = (value, _) => JinjaValues.Whole(value) % 2 != 0,
        ["even"] = (value, _) => JinjaValues.Whole(value) % 2 == 0,
        ["divisibleby"] = (value, other) => JinjaValues.Whole(JinjaValues.Calculate("%", value, other)) == 0,
        ["eq"] = JinjaValues.AreEqual,
        ["equalto"] = JinjaValues.AreEqual,
        ["ne"] = (value, other) => !JinjaValues.AreEqual(value, other),
        ["in"] = (value, other) => JinjaValues.Compare("in", value, other),
    };

    /// <summary>Whether a test has an argument, which then may stand without parentheses.</summary>
    public static bool TestTakesValue(string name) => name is "divisibleby" or "eq" or "equalto" or "ne" or "in";

    /// <summary>Functions by name.</summary>
    public static IEnumerable<(string Name, JinjaFunction Function)> Globals(DateTimeOffset now) =>
    [
        ("raise_exception", (a, _) => throw new TemplateException($"The model's chat template refuses the conversation: {JinjaValues.Text(Argument(a, 0))}")),
        ("strftime_now", (a, _) => Format(now, JinjaValues.Text(Argument(a, 0)))),
        ("namespace", (_, named) => new JinjaNamespace(named)),
        ("dict", (_, named) => named.ToDictionary(StringComparer.Ordinal)),
        ("range", (a, _) => Range(a)),
    ];

    /// <summary>A method of a text or a mapping; null where there is none.</summary>
    public static JinjaFunction? Method(object? owner, string name) => (owner, name) switch
    {
        (string text, "strip") => (a, _) => Strip(text, Argument(a, 0), start: true, end: true),
        (string text, "lstrip") => (a, _) => Strip(text, Argument(a, 0), start: true, end: false),
        (string text, "rstrip") => (a, _) => Strip(text, Argument(a, 0), start: false, end: true),
        (string text, "upper") => (_, _) => text.ToUpperInvariant(),
        (string text, "lower") => (_, _) => text.ToLowerInvariant(),
        (string text, "capitalize") => (_, _) => Capitalize(text),
        (string text, "title") => (_, _) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text.ToLowerInvariant()),
        (string text, "startswith") => (a, _) => text.StartsWith(JinjaValues.Text(Argument(a, 0)), StringComparison.Ordinal),
        (string text, "endswith") => (a, _) => text.EndsWith(JinjaValues.Text(Argument(a, 0)), StringComparison.Ordinal),
        (string text, "replace") => (a, _) => text.Replace(NotEmpty(a, 0), JinjaValues.Text(Argument(a, 1)), StringComparison.Ordinal),
        (string text, "split") => (a, _) => (Argument(a, 0) is null ? text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : text.Split(NotEmpty(a, 0))).Select(part => (object?)part).ToList(),
        (IDictionary<string, object?> members, "items") => (_, _) => Pairs(members),
        (IDictionary<string, object?> members, "keys") => (_, _) => JinjaValues.Items(members).ToList(),
        (IDictionary<string, object?> members, "values") => (_, _) => members.Values.ToList(),
        (IDictionary<string, object?> members, "get") => (a, _) => members.TryGetValue(JinjaValues.Text(Argument(a, 0)), out var value) ? value : Argument(a, 1),
        _ => null,
    };

    private static object? Argument(IReadOnlyList<object?> arguments, int place) => place < arguments.Count ? arguments[place] : null;

    private static string NotEmpty(IReadOnlyList<object?> arguments, int place) =>
        Argument(arguments, place) is string { Length: > 0 } text ? text : throw new TemplateException("The template splits or replaces by an empty text.");

    private static long Count(object? value) => value is string text ? text.EnumerateRunes().Count() : JinjaValues.Items(value).Count();

    private static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    private static string Strip(string text, object? characters, bool start, bool end)
    {
        char[]? set = characters is null ? null : JinjaValues.Text(characters).ToCharArray();
        if (start) text = set is null ? text.TrimStart() : text.TrimStart(set);
        return !end ? text : set is null ? text.TrimEnd() : text.TrimEnd(set);
    }

    private static object? Default(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named)
    {
        var alsoForFalse = JinjaValues.IsTrue(Argument(arguments, 2)) || (named.TryGetValue("boolean", out var flag) && JinjaValues.IsTrue(flag));
        return arguments[0] is JinjaUndefined || (alsoForFalse && !JinjaValues.IsTrue(arguments[0])) ? Argument(arguments, 1) ?? "" : arguments[0];
    }

    private static List<object?> Pairs(object? value) => value is IDictionary<string, object?> members
        ? [.. members.Select(member => (object?)new List<object?> { member.Key, member.Value })]
        : throw new TemplateException($"The template asks for the members of {JinjaValues.Describe(value)}.");

    private static List<object?> Select(IReadOnlyList<object?> arguments, bool wanted)
    {
        var (name, test) = (JinjaValues.Text(Argument(arguments, 1)), Argument(arguments, 2) is { } given ? JinjaValues.Text(given) : null);
        if (test is "==") test = "eq";
        if (test is not null && !Tests.ContainsKey(test)) throw new TemplateException($"The template selects by the test '{test}', which is not supported.");
        return [.. JinjaValues.Items(arguments[0]).Where(item => JinjaValues.Item(item, name) is var value && (test is null ? JinjaValues.IsTrue(value) : Tests[test](value, Argument(arguments, 3))) == wanted)];
    }

    private static List<object?> Range(IReadOnlyList<object?> arguments)
    {
        const int Most = 100_000;
        var (start, stop) = arguments.Count > 1 ? (JinjaValues.Whole(arguments[0]), JinjaValues.Whole(arguments[1])) : (0, JinjaValues.Whole(Argument(arguments, 0)));
        var step = arguments.Count > 2 ? JinjaValues.Whole(arguments[2]) : 1;
        if (step == 0) throw new TemplateException("The template asks for a range whose step is 0.");
        var numbers = new List<object?>();
        for (var number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            if (numbers.Count == Most) throw new TemplateException($"The template asks for a range of more than {Most:N0} numbers.");
            numbers.Add(number);
        }

        return numbers;
    }

    /// <summary>JSON as Python writes it: a space after colons and commas.</summary>
    private static string Json(object? value, int? indent, int depth = 0)
    {
        var (gap, close) = indent is { } width ? ("\n" + new string(' ', width * (depth + 1)), "\n" + new string(' ', width * depth)) : ("", "");
        var comma = indent is null ? ", " : ",";
        return value switch
        {
            null => "null",
            bool yes => yes ? "true" : "false",
            string text => JsonSerializer.Serialize(text, s_json),
            IDictionary<string, object?> { Count: 0 } => "{}",
            IDictionary<string, object?> members => $"{{{string.Join(comma, members.Select(member => $"{gap}{JsonSerializer.Serialize(member.Key, s_json)}: {Json(member.Value, indent, depth + 1)}"))}{close}}}",
            IReadOnlyList<object?> { Count: 0 } => "[]",
            IReadOnlyList<object?> items => $"[{string.Join(comma, items.Select(item => gap + Json(item, indent, depth + 1)))}{close}]",
            long or double => JinjaValues.Text(value),
            _ => throw new TemplateException($"The template writes {JinjaValues.Describe(value)} as JSON."),
        };
    }

    /// <summary>A time by the directives of C's strftime that stand in chat templates.</summary>
    private static string Format(DateTimeOffset time, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || ++i == format.Length)
            {
                result.Append(format[Math.Min(i, format.Length - 1)]);
                continue;
            }

            result.Append(format[i] == '%' ? "%" : time.ToString(
                format[i] switch
                {
                    'd' => "dd",
                    'm' => "MM",
                    'Y' => "yyyy",
                    'y' => "yy",
                    'B' => "MMMM",
                    'b' => "MMM",
                    'A' => "dddd",
                    'a' => "ddd",
                    'H' => "HH",
                    'M' => "mm",
                    'S' => "ss",
                    var other => throw new TemplateException($"The template asks for '%{other}' of the time, which is not supported."),
                },
                CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }
}
