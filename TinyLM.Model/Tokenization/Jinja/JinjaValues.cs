using System.Collections;
using System.Globalization;
using System.Text;

namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>What can be done with values, as in Python.</summary>
internal static class JinjaValues
{
    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool yes => yes,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        ICollection items => items.Count > 0,
        _ => true,
    };

    /// <summary>A value as it is written.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        JinjaUndefined => "",
        _ => Represent(value),
    };

    private static string Represent(object? value) => value switch
    {
        null => "None",
        bool yes => yes ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number == Math.Truncate(number) && Math.Abs(number) < 1e16 ? number.ToString("0.0", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture),
        string text => Quoted(text),
        IDictionary<string, object?> members => $"{{{string.Join(", ", members.Select(member => $"{Quoted(member.Key)}: {Represent(member.Value)}"))}}}",
        IEnumerable<object?> items => $"[{string.Join(", ", items.Select(Represent))}]",
        _ => throw new TemplateException($"The template writes {Describe(value)}, which is no text."),
    };

    private static string Quoted(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var one in text)
        {
            result.Append(one switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                _ when one == quote => $"\\{one}",
                _ => $"{one}",
            });
        }

        return result.Append(quote).ToString();
    }

    /// <summary>A value in a message.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "none",
        JinjaUndefined { Name: var name } => $"'{name}', which is not defined",
        string => "a text",
        bool => "a boolean",
        long or double => "a number",
        IDictionary => "a mapping",
        IList => "a list",
        _ => "a function",
    };

    /// <summary>What a loop goes through: items, names of members, or characters.</summary>
    public static IEnumerable<object?> Items(object? value) => value switch
    {
        JinjaUndefined => [],
        string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()),
        IDictionary<string, object?> members => members.Keys.ToList(),
        IReadOnlyList<object?> items => items,
        _ => throw new TemplateException($"The template goes through {Describe(value)} as if it were a list."),
    };

    /// <summary>A member by its name; not defined where there is none.</summary>
    public static object? Member(object? owner, string name) => owner switch
    {
        JinjaUndefined => throw new TemplateException($"The template asks for '{name}' of {Describe(owner)}."),
        JinjaNamespace space => space.Values.TryGetValue(name, out var value) ? value : new JinjaUndefined(name),
        IDictionary<string, object?> members when members.TryGetValue(name, out var value) && JinjaFunctions.Method(owner, name) is null => value,
        IDictionary<string, object?> members when JinjaFunctions.Method(owner, name) is null => new JinjaUndefined(name),
        _ => JinjaFunctions.Method(owner, name) ?? (object)new JinjaUndefined(name),
    };

    /// <summary>An item by its place or name; not defined where there is none.</summary>
    public static object? Item(object? owner, object? key) => (owner, key) switch
    {
        (JinjaUndefined, _) => throw new TemplateException($"The template asks for an item of {Describe(owner)}."),
        (IDictionary<string, object?> members, string name) => members.TryGetValue(name, out var value) ? value : new JinjaUndefined(name),
        (IReadOnlyList<object?> items, long place) => (place < 0 ? place + items.Count : place) is var at && at >= 0 && at < items.Count ? items[(int)at] : new JinjaUndefined($"item {place}"),
        (string text, long) => Item(Items(text).ToList(), key),
        (_, string name) => Member(owner, name),
        _ => new JinjaUndefined(Text(key)),
    };

    /// <summary>Items from a place up to another, every so many.</summary>
    public static object? Slice(object? owner, object? start, object? stop, object? step)
    {
        var items = Items(owner).ToList();
        var every = step is null ? 1 : Whole(step);
        if (every == 0) throw new TemplateException("The template takes every 0th item of a list.");
        var (low, high) = every > 0 ? (0L, (long)items.Count) : (-1L, items.Count - 1L);
        var at = start is null ? (every > 0 ? low : high) : Clamp(Whole(start));
        var end = stop is null ? (every > 0 ? high : low) : Clamp(Whole(stop));
        var taken = new List<object?>();
        for (; every > 0 ? at < end : at > end; at += every) taken.Add(items[(int)at]);
        return owner is string ? string.Concat(taken) : taken;

        long Clamp(long place) => Math.Clamp(place < 0 ? place + items.Count : place, low, high);
    }

    /// <summary>A whole number.</summary>
    public static long Whole(object? value) => value switch
    {
        long number => number,
        bool yes => yes ? 1 : 0,
        _ => throw new TemplateException($"The template needs a whole number, and has {Describe(value)}."),
    };

    /// <summary>Whether two values are equal.</summary>
    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (JinjaUndefined, JinjaUndefined) => true,
        (long or double or bool, long or double or bool) => Number(left) == Number(right),
        (string one, string other) => string.Equals(one, other, StringComparison.Ordinal),
        (IDictionary<string, object?> one, IDictionary<string, object?> other) => one.Count == other.Count && one.All(member => other.TryGetValue(member.Key, out var value) && AreEqual(member.Value, value)),
        (IReadOnlyList<object?> one, IReadOnlyList<object?> other) => one.Count == other.Count && one.Zip(other).All(pair => AreEqual(pair.First, pair.Second)),
        _ => Equals(left, right),
    };

    /// <summary>A comparison.</summary>
    public static bool Compare(string comparison, object? left, object? right)
    {
        switch (comparison)
        {
            case "==":
                return AreEqual(left, right);
            case "!=":
                return !AreEqual(left, right);
            case "in":
                if (right is string text) return left is string part ? text.Contains(part, StringComparison.Ordinal) : throw new TemplateException($"The template looks for {Describe(left)} in a text.");
                return Items(right).Any(item => AreEqual(item, left));
            default:
                var order = left is string one && right is string other ? string.CompareOrdinal(one, other) : Number(left).CompareTo(Number(right));
                return comparison switch { "<" => order < 0, ">" => order > 0, "<=" => order <= 0, _ => order >= 0 };
        }
    }

    /// <summary>Arithmetic, and what texts and lists make of it.</summary>
    public static object? Calculate(string operation, object? left, object? right) => (operation, left, right) switch
    {
        ("~", _, _) => Text(left) + Text(right),
        ("+", string one, string other) => one + other,
        ("+", IReadOnlyList<object?> one, IReadOnlyList<object?> other) => (List<object?>)[.. one, .. other],
        ("*", string text, long times) => times <= 1_000_000 / Math.Max(1, text.Length) ? string.Concat(Enumerable.Repeat(text, (int)Math.Max(0, times))) : throw new TemplateException("The template repeats a text too often."),
        ("+" or "-" or "*" or "//" or "%", long or bool, long or bool) => Calculate(operation, Whole(left), Whole(right)),
        _ => Calculate(operation, Number(left), Number(right)),
    };

    private static long Calculate(string operation, long left, long right) => operation switch
    {
        "+" => unchecked(left + right),
        "-" => unchecked(left - right),
        "*" => unchecked(left * right),
        _ when right == 0 => throw new TemplateException("The template divides by 0."),
        _ when right == -1 => operation == "//" ? unchecked(-left) : 0L,
        "//" => left / right - (left % right != 0 && left < 0 != right < 0 ? 1 : 0),
        _ => (left % right + right) % right,
    };

    private static double Calculate(string operation, double left, double right) => operation switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        _ when right == 0 => throw new TemplateException("The template divides by 0."),
        "/" => left / right,
        "//" => Math.Floor(left / right),
        _ => left - right * Math.Floor(left / right),
    };

    private static double Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        bool yes => yes ? 1 : 0,
        _ => throw new TemplateException($"The template calculates with {Describe(value)}."),
    };
}
