using System.Globalization;
using System.Text;
using System.Text.Json;
using TinyLM.Lab.Runs.Export;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>Writes a table for other programs: all digits, numbers the invariant way.</summary>
public static class TableExport
{
    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Comma-separated values as RFC 4180 has them: the names of the columns first, then each row after its name.</summary>
    public static byte[] ToCsv(ActivationTable table, IReadOnlyList<string> rows, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        var text = new StringBuilder();
        foreach (var column in columns) text.Append(',').Append(Quoted(column));
        text.Append("\r\n");
        for (var r = 0; r < table.Rows; r++)
        {
            text.Append(Quoted(rows[r]));
            foreach (var value in table[r]) text.Append(',').Append(value.ToString("R", CultureInfo.InvariantCulture));
            text.Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A JSON object of the names of the rows and columns, and the values row by row; what is no finite number is a string.</summary>
    public static byte[] ToJson(ActivationTable table, IReadOnlyList<string> rows, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(table);
        return JsonSerializer.SerializeToUtf8Bytes(new { rows, columns, values = Enumerable.Range(0, table.Rows).Select(r => table[r].ToArray()) }, s_json);
    }

    private static string Quoted(string text) => $"\"{CsvText.Harmless(text).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
