using MudBlazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using TinyLM.Model.Inspection;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using XAxisLib = Plotly.Blazor.LayoutLib.XAxisLib;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Heatmaps in the colours and type of the page.</summary>
internal static class HeatmapTheme
{
    /// <summary>Square axes with names; the first row lies at the top.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, HeatmapNames names) => new()
    {
        AutoSize = true,
        PaperBgColor = ChartTheme.Clear,
        PlotBgColor = ChartTheme.Clear,
        Font = ChartTheme.Type(palette, 11),
        Margin = new Margin { L = 92, R = 8, T = 8, B = 84 },
        HoverLabel = ChartTheme.Hover(palette),
        DragMode = DragModeEnum.Zoom,
        XAxis =
        [
            new XAxis { Title = new XAxisLib.Title { Text = names.ColumnTitle, Standoff = 4 }, Type = XAxisLib.TypeEnum.Category, TickAngle = -60, ShowGrid = false, ZeroLine = false },
        ],
        YAxis =
        [
            new YAxis { Title = new YAxisLib.Title { Text = names.RowTitle, Standoff = 4 }, Type = YAxisLib.TypeEnum.Category, AutoRange = YAxisLib.AutoRangeEnum.Reversed, ShowGrid = false, ZeroLine = false },
        ],
    };

    /// <summary>A table as colours, from the surface's on.</summary>
    public static HeatMap Trace(Palette palette, ActivationTable table, HeatmapNames names, (double Low, double High)? range)
    {
        string[] colors = palette is PaletteDark ? ["#1b212c", "#5a76f5", "#e9eeff"] : ["#f6f7fb", "#7d92ec", "#17206b"]; // --heat-0 to --heat-2
        var rows = new List<object?>(table.Rows);
        for (var r = 0; r < table.Rows; r++)
        {
            var row = new double?[table.Columns];
            for (var c = 0; c < row.Length; c++) row[c] = float.IsFinite(table[r][c]) ? Math.Round(table[r][c], 5) : null; // JSON has no "not a number"
            rows.Add(row);
        }

        return new HeatMap
        {
            Z = rows!,
            X = [.. names.Columns.Select(Plain)],
            Y = [.. names.Rows.Select(Plain)],
            ZMin = (decimal?)range?.Low,
            ZMax = (decimal?)range?.High,
            ColorScale = colors.Select((color, i) => (object)new object[] { i / (colors.Length - 1.0), color }).ToArray(),
            ShowScale = false,
            HoverTemplate = names.HoverTemplate + "<extra></extra>",
        };
    }

    /// <summary>Plotly reads tags in names.</summary>
    public static string Plain(string name) => name.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
