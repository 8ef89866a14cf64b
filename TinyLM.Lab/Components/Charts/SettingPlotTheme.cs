using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using XAxisLib = Plotly.Blazor.LayoutLib.XAxisLib;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Losses over a setting in the colours and type of the page.</summary>
internal static class SettingPlotTheme
{
    /// <summary>Numbers on a scale, anything else side by side in the order of its first run.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, string setting, IReadOnlyList<SettingPoint> points, bool isLogarithmic)
    {
        var grid = ChartTheme.Css(palette.LinesDefault);
        var hasNumbers = points.All(point => point.Place is not null);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            PaperBgColor = ChartTheme.Clear,
            PlotBgColor = ChartTheme.Clear,
            Font = ChartTheme.Type(palette, 12),
            Margin = new Margin { L = 56, R = 16, T = 36, B = 44 },
            ShowLegend = points.Any(point => point.Series.Length > 0),
            Legend = ChartTheme.LegendAbove(),
            HoverMode = HoverModeEnum.Closest,
            HoverLabel = ChartTheme.Hover(palette),
            XAxis =
            [
                new XAxis
                {
                    Title = new XAxisLib.Title { Text = setting }, GridColor = grid, LineColor = grid, ZeroLine = false, TickFormat = hasNumbers ? "~g" : null,
                    DTick = isLogarithmic && hasNumbers ? "D2" : null,
                    Type = !hasNumbers ? XAxisLib.TypeEnum.Category : isLogarithmic && points.All(point => point.Place > 0) ? XAxisLib.TypeEnum.Log : XAxisLib.TypeEnum.Linear,
                },
            ],
            YAxis = [new YAxis { Title = new YAxisLib.Title { Text = "validation loss, nats per token" }, GridColor = grid, ZeroLine = false, TickFormat = ".3~f" }],
        };
    }

    /// <summary>A trace of points a series, each with a line through its lowest point of each value.</summary>
    public static IEnumerable<ITrace> Traces(IReadOnlyList<SettingPoint> points)
    {
        foreach (var (index, series) in points.GroupBy(point => point.Series).Index())
        {
            var color = RunPalette.Css(index);
            yield return Trace([.. series], ModeFlag.Markers, color, series.Key);
            List<SettingPoint> best = [.. series.GroupBy(point => point.Text).Select(same => same.MinBy(point => point.Loss)).OrderBy(point => point.Place ?? 0)];
            if (best.Count > 1 && best.All(point => point.Place is not null)) yield return Trace(best, ModeFlag.Lines, color, null);
        }
    }

    private static Scatter Trace(IReadOnlyList<SettingPoint> points, ModeFlag mode, string color, string? name) => new()
    {
        Name = name ?? "",
        ShowLegend = name is not null,
        Mode = mode,
        X = [.. points.Select(point => point.Place is { } place ? (object)place : HeatmapTheme.Plain(point.Text))],
        Y = [.. points.Select(point => (object)Math.Round(point.Loss, 5))],
        TextArray = [.. points.Select(point => HeatmapTheme.Plain(point.Name))],
        HoverTemplate = mode == ModeFlag.Markers ? "%{text}<br>%{y:.4f}<extra></extra>" : null,
        HoverInfo = mode == ModeFlag.Markers ? null : HoverInfoFlag.Skip,
        Marker = new Marker { Color = color, Size = 10 },
        Line = new Line { Color = color, Width = 1.5m },
        Opacity = mode == ModeFlag.Markers ? 0.9m : 0.5m,
    };
}
