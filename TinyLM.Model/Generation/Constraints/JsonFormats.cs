namespace TinyLM.Model.Generation.Constraints;

/// <summary>Texts of JSON schema's keyword <c>format</c> as regular languages.</summary>
/// <remarks>https://json-schema.org/draft/2020-12/json-schema-validation, section 7.3; dates and times as in RFC 3339.</remarks>
internal static class JsonFormats
{
    private const string Leap = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    private const string Date = $"([0-9]{{4}}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|{Leap}-02-29)";
    private const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static readonly Dictionary<string, string> s_expressions = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["uuid"] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ["ipv4"] = $@"{Octet}\.{Octet}\.{Octet}\.{Octet}",
        ["hostname"] = $@"{Label}(\.{Label})*",
        ["email"] = $@"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@{Label}(\.{Label})+",
    };

    /// <summary>The names of the formats that are known.</summary>
    public static IEnumerable<string> Names => s_expressions.Keys;

    /// <summary>The texts of a format; null where it is not known.</summary>
    public static Pattern? Find(string name) => s_expressions.TryGetValue(name, out var expression) ? RegexParser.Parse(expression) : null;
}
