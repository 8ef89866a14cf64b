using System.Globalization;
using System.Text;
using System.Text.Json;
using TinyLM.Lab.Inspection;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public class TableExportTests
{
    private static readonly ActivationTable s_table = new([0.1f, 2, -3e-10f, float.NaN], 2, 2);
    private static readonly string[] s_rows = ["a, b", "\"c\""];
    private static readonly string[] s_columns = ["·x", "↵"];

    [Fact]
    public void ToCsv_AnyNames_ReadsBackToTheSameNumbers()
    {
        var lines = Encoding.UTF8.GetString(TableExport.ToCsv(s_table, s_rows, s_columns)).Split("\r\n");

        Assert.Equal(",\"·x\",\"↵\"", lines[0]);
        Assert.Equal("\"a, b\",0.1,2", lines[1]);
        Assert.StartsWith("\"\"\"c\"\"\",", lines[2], StringComparison.Ordinal);
        Assert.Equal(-3e-10f, float.Parse(lines[2].Split(',')[1], CultureInfo.InvariantCulture));
        Assert.EndsWith(",NaN", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_AnyNumbers_ReadsBackToTheSame()
    {
        using var json = JsonDocument.Parse(TableExport.ToJson(s_table, s_rows, s_columns));

        Assert.Equal(s_rows, json.RootElement.GetProperty("rows").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(0.1f, json.RootElement.GetProperty("values")[0][0].GetSingle());
        Assert.Equal("NaN", json.RootElement.GetProperty("values")[1][1].GetString());
    }
}
