using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using XAxisLib = Plotly.Blazor.LayoutLib.XAxisLib;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Maps of points in the colours and type of the page.</summary>
internal static class PointMapTheme
{
    /// <summary>Axes alike in both directions.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, (string X, string Y) axes)
    {
        var grid = ChartTheme.Css(palette.LinesDefault);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            PaperBgColor = ChartTheme.Clear,
            PlotBgColor = ChartTheme.Clear,
            Font = ChartTheme.Type(palette, 11),
            Margin = new Margin { L = 44, R = 8, T = 8, B = 40 },
            ShowLegend = false,
            HoverMode = HoverModeEnum.Closest,
            HoverLabel = ChartTheme.Hover(palette),
            DragMode = DragModeEnum.Pan,
            XAxis = [new XAxis { Title = new XAxisLib.Title { Text = axes.X }, GridColor = grid, ZeroLine = false, NTicks = 6 }],
            YAxis = [new YAxis { Title = new YAxisLib.Title { Text = axes.Y }, GridColor = grid, ZeroLine = false, NTicks = 6 }],
        };
    }

    /// <summary>All points small, the marked ones large and with their names.</summary>
    public static IEnumerable<ITrace> Traces(Palette palette, IReadOnlyList<MapPoint> points)
    {
        yield return Trace(points.Where(point => !point.IsMarked), ModeFlag.Markers, ChartTheme.Css(palette.Primary), size: 4, opacity: 0.45m);
        yield return Trace(points.Where(point => point.IsMarked), ModeFlag.Markers | ModeFlag.Text, ChartTheme.Css(palette.Secondary), size: 8, opacity: 1);
    }

    private static Scatter Trace(IEnumerable<MapPoint> points, ModeFlag mode, string color, int size, decimal opacity)
    {
        var all = points.ToList();
        return new Scatter
        {
            Mode = mode,
            X = [.. all.Select(point => (object)Math.Round(point.X, 5))],
            Y = [.. all.Select(point => (object)Math.Round(point.Y, 5))],
            TextArray = [.. all.Select(point => HeatmapTheme.Plain(point.Name))],
            TextPosition = TextPositionEnum.TopCenter,
            HoverTemplate = "%{text}<extra></extra>",
            Marker = new Marker { Color = color, Size = size },
            Opacity = opacity,
        };
    }
}
