using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using XAxisLib = Plotly.Blazor.LayoutLib.XAxisLib;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Curves of formulas in the colours and type of the page.</summary>
internal static class LawPlotTheme
{
    /// <summary>Labels at the powers of ten; the legend above.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, LawAxes axes)
    {
        var grid = ChartTheme.Css(palette.LinesDefault);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            PaperBgColor = ChartTheme.Clear,
            PlotBgColor = ChartTheme.Clear,
            Font = ChartTheme.Type(palette, 12),
            Margin = new Margin { L = 60, R = 12, T = 60, B = 44 },
            ShowLegend = true,
            Legend = ChartTheme.LegendAbove(),
            HoverMode = HoverModeEnum.Closest,
            HoverLabel = ChartTheme.Hover(palette),
            XAxis =
            [
                new XAxis
                {
                    Title = new XAxisLib.Title { Text = axes.X }, GridColor = grid, LineColor = grid, ZeroLine = false, Type = XAxisLib.TypeEnum.Log,
                    DTick = 1, ExponentFormat = XAxisLib.ExponentFormatEnum.Power,
                },
            ],
            YAxis =
            [
                new YAxis
                {
                    Title = new YAxisLib.Title { Text = axes.Y }, GridColor = grid, ZeroLine = false, Type = axes.IsYLogarithmic ? YAxisLib.TypeEnum.Log : YAxisLib.TypeEnum.Linear,
                    DTick = axes.IsYLogarithmic ? 1 : null, ExponentFormat = YAxisLib.ExponentFormatEnum.Power, NTicks = axes.IsYLogarithmic ? null : 8,
                },
            ],
        };
    }

    /// <summary>A trace a curve, in the order in which they lie upon each other.</summary>
    public static IEnumerable<ITrace> Traces(Palette palette, IReadOnlyList<LawCurve> curves) => curves.Select(curve => (ITrace)new Scatter
    {
        Name = HeatmapTheme.Plain(curve.Name),
        ShowLegend = curve.Look != LawCurveLook.Contour,
        Mode = curve.Look switch
        {
            LawCurveLook.Line or LawCurveLook.Dashed => ModeFlag.Lines,
            LawCurveLook.Contour => ModeFlag.Lines | ModeFlag.Text,
            _ => ModeFlag.Markers,
        },
        TextArray = curve.Look == LawCurveLook.Contour ? [.. curve.Points.Select((_, i) => i == curve.Points.Count - 1 ? HeatmapTheme.Plain(curve.Name) : "")] : null,
        TextPosition = TextPositionEnum.TopLeft,
        X = [.. curve.Points.Select(point => (object)point.X)],
        Y = [.. curve.Points.Select(point => (object)point.Y)],
        HoverTemplate = "%{x:.3~s}, %{y:.4~g}",
        Line = new Line { Color = ColorOf(palette, curve), Width = IsDashed(curve) ? 1.5m : 2, Dash = IsDashed(curve) ? "5px,4px" : null },
        Marker = new Plotly.Blazor.Traces.ScatterLib.Marker { Color = ColorOf(palette, curve), Size = curve.Look == LawCurveLook.Mark ? 13 : 7 },
    });

    private static bool IsDashed(LawCurve curve) => curve.Look is LawCurveLook.Dashed or LawCurveLook.Contour;

    private static string ColorOf(Palette palette, LawCurve curve) => curve.Look == LawCurveLook.Mark ? ChartTheme.Css(palette.TextPrimary) : RunPalette.Css(curve.Color);
}
