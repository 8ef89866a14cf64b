using MudBlazor;
using MudBlazor.Utilities;
using Plotly.Blazor.ConfigLib;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;
using Plotly.Blazor.Traces.ScatterLib;
using HoverLabel = Plotly.Blazor.LayoutLib.HoverLabel;
using LegendLib = Plotly.Blazor.LayoutLib.LegendLib;
using Margin = Plotly.Blazor.LayoutLib.Margin;
using XAxisLib = Plotly.Blazor.LayoutLib.XAxisLib;
using YAxisLib = Plotly.Blazor.LayoutLib.YAxisLib;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Layouts, lines and behaviour of charts in the colours and type of the page.</summary>
internal static class ChartTheme
{
    private const string Sans = "\"Inter Variable\", system-ui, sans-serif";

    /// <summary>No mode bar, no logo, nothing sent anywhere; a double click shows all again.</summary>
    public static Plotly.Blazor.Config Config() => new()
    {
        DisplayModeBar = DisplayModeBarEnum.False,
        DisplayLogo = false,
        ShowSendToCloud = false,
        Responsive = true,
        DoubleClick = DoubleClickEnum.Reset,
    };

    /// <summary>Axes over steps; what a person zoomed into stays when data come.</summary>
    public static Plotly.Blazor.Layout Layout(Palette palette, CurveChartLook look)
    {
        var text = Css(palette.TextSecondary);
        var grid = Css(palette.LinesDefault);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            UiRevision = look.Unit + look.IsLogarithmic,
            PaperBgColor = "rgba(0,0,0,0)",
            PlotBgColor = "rgba(0,0,0,0)",
            Font = new Font { Family = Sans, Size = look.IsSmall ? 11 : 12, Color = text },
            Margin = new Margin { L = 52, R = 12, T = look.IsSmall ? 8 : 36, B = look.IsSmall ? 28 : 40 },
            HoverMode = HoverModeEnum.XUnified,
            HoverLabel = new HoverLabel
            {
                BgColor = Css(palette.Surface),
                BorderColor = grid,
                Font = new Plotly.Blazor.LayoutLib.HoverLabelLib.Font { Family = Sans, Size = 12, Color = Css(palette.TextPrimary) },
            },
            ShowLegend = !look.IsSmall,
            Legend =
            [
                new Legend
                {
                    Orientation = LegendLib.OrientationEnum.H, X = 0, Y = 1.02m,
                    XAnchor = LegendLib.XAnchorEnum.Left, YAnchor = LegendLib.YAnchorEnum.Bottom,
                },
            ],
            DragMode = DragModeEnum.Zoom,
            XAxis =
            [
                new XAxis
                {
                    Title = look.IsSmall ? null : new XAxisLib.Title { Text = "step" }, GridColor = grid, LineColor = grid, ZeroLine = false,
                    RangeMode = XAxisLib.RangeModeEnum.ToZero, NTicks = look.IsSmall ? 5 : null, TickFormat = ",d", HoverFormat = ",d",
                },
            ],
            YAxis =
            [
                new YAxis
                {
                    Title = look.IsSmall ? null : new YAxisLib.Title { Text = look.Unit }, GridColor = grid, ZeroLine = false,
                    FixedRange = look.IsSmall, RangeMode = look.IsSmall ? YAxisLib.RangeModeEnum.ToZero : YAxisLib.RangeModeEnum.Normal,
                    Type = look.IsLogarithmic ? YAxisLib.TypeEnum.Log : YAxisLib.TypeEnum.Linear,
                    NTicks = look.IsSmall ? 4 : 7, TickFormat = look.AxisFormat, HoverFormat = look.Format,
                },
            ],
        };
    }

    /// <summary>A line of a series, yet without points.</summary>
    public static Scatter Line(Palette palette, CurveSeries series)
    {
        var color = Css(series.Style == CurveStyle.Marked ? palette.Secondary : palette.Primary);
        return new Scatter
        {
            Name = series.Name,
            Mode = series.Style == CurveStyle.Marked ? ModeFlag.Lines | ModeFlag.Markers : ModeFlag.Lines,
            Line = new Line { Color = color, Width = series.Style == CurveStyle.Faint ? 1 : 2 },
            Marker = series.Style == CurveStyle.Marked ? new Marker { Color = color, Size = 6 } : null,
            Opacity = series.Style == CurveStyle.Faint ? 0.5m : 1m,
            X = [],
            Y = [],
        };
    }

    /// <summary>The line of a level, yet without points.</summary>
    public static Scatter Dashed(Palette palette, CurveLevel level) => new()
    {
        Name = level.Name,
        Mode = ModeFlag.Lines,
        Line = new Line { Color = Css(palette.Tertiary), Width = 1.5m, Dash = "6px,5px" },
        X = [],
        Y = [],
    };

    private static string Css(MudColor color) => color.ToString(MudColorOutputFormats.RGBA);
}
