using MudBlazor;
using MudBlazor.Utilities;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Layout and bars of charts of groups, in the colours and type of the page.</summary>
internal static class BarTheme
{
    /// <summary>Axes over named groups.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, string unit)
    {
        var grid = ChartTheme.Css(palette.LinesDefault);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            PaperBgColor = ChartTheme.Clear,
            PlotBgColor = ChartTheme.Clear,
            Font = ChartTheme.Type(palette, 12),
            Margin = new Margin { L = 52, R = 12, T = 36, B = 40 },
            BarMode = BarModeEnum.Group,
            ShowLegend = true,
            Legend = ChartTheme.LegendAbove(),
            DragMode = DragModeEnum.False,
            XAxis = [new XAxis { LineColor = grid, FixedRange = true }],
            YAxis = [new YAxis { Title = new YAxisLib.Title { Text = unit }, GridColor = grid, ZeroLine = false, FixedRange = true, RangeMode = YAxisLib.RangeModeEnum.ToZero, NTicks = 6 }],
        };
    }

    /// <summary>The bars of one series, yet without values; four colours can be told apart.</summary>
    public static Bar Bar(Palette palette, string name, int index)
    {
        var colors = (MudColor[])[palette.Primary, palette.Secondary, palette.Tertiary, palette.Warning];
        return new Bar { Name = name, Marker = new Plotly.Blazor.Traces.BarLib.Marker { Color = ChartTheme.Css(colors[index % colors.Length]) } };
    }
}
