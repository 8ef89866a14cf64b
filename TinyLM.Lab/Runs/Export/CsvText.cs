namespace TinyLM.Lab.Runs.Export;

/// <summary>Texts in comma-separated values.</summary>
internal static class CsvText
{
    /// <summary>The text with an apostrophe before it where a spreadsheet would take it for a formula, as OWASP advises (https://owasp.org/www-community/attacks/CSV_Injection).</summary>
    public static string Harmless(string text) => text.TrimStart(' ') is [var first, ..] && first is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠' ? $"'{text}" : text;
}
