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
    /// <summary>The type of the pages.</summary>
    public const string Sans = "\"Inter Variable\", system-ui, sans-serif";

    /// <summary>No colour: the card shows through.</summary>
    public const string Clear = "rgba(0,0,0,0)";

    /// <summary>No mode bar, no logo, nothing sent anywhere; a double click shows all again.</summary>
    public static Plotly.Blazor.Config Config() => new()
    {
        DisplayModeBar = DisplayModeBarEnum.False,
        DisplayLogo = false,
        ShowSendToCloud = false,
        Responsive = true,
        DoubleClick = DoubleClickEnum.AutoSize,
    };

    /// <summary>The type of the page in its quiet colour.</summary>
    public static Font Type(Palette palette, int size) => new() { Family = Sans, Size = size, Color = Css(palette.TextSecondary) };

    /// <summary>The box under the pointer.</summary>
    public static HoverLabel Hover(Palette palette) => new()
    {
        BgColor = Css(palette.Surface),
        BorderColor = Css(palette.LinesDefault),
        Font = new Plotly.Blazor.LayoutLib.HoverLabelLib.Font { Family = Sans, Size = 12, Color = Css(palette.TextPrimary) },
    };

    /// <summary>A legend in one row above the plot.</summary>
    public static IList<Legend> LegendAbove() =>
    [
        new Legend
        {
            Orientation = LegendLib.OrientationEnum.H, X = 0, Y = 1.02m,
            XAnchor = LegendLib.XAnchorEnum.Left, YAnchor = LegendLib.YAnchorEnum.Bottom,
        },
    ];

    /// <summary>Axes and colours; what a person zoomed into stays when data come.</summary>
    /// <param name="palette">Colours of the page.</param>
    /// <param name="look">Units and axes.</param>
    /// <param name="window">What is in sight; null: all.</param>
    /// <param name="heights">Heights in sight where a person has not chosen them; null: all.</param>
    public static Plotly.Blazor.Layout Layout(Palette palette, CurveChartLook look, ZoomWindow? window, (double Low, double High)? heights)
    {
        heights = window?.Heights ?? heights;
        var grid = Css(palette.LinesDefault);
        return new Plotly.Blazor.Layout
        {
            AutoSize = true,
            UiRevision = $"{look.Unit} {look.Axis} {look.IsXLogarithmic} {look.IsLogarithmic} {look.ExcludesOutliers} {window}",
            PaperBgColor = Clear,
            PlotBgColor = Clear,
            Font = Type(palette, look.IsSmall ? 11 : 12),
            Margin = new Margin { L = 52, R = 12, T = HasLegend(look) ? 36 : 8, B = look.IsSmall ? 28 : 40 },
            HoverMode = HoverModeEnum.XUnified,
            HoverDistance = -1, // every curve is read at one place, however far its next point is
            HoverLabel = Hover(palette),
            ShowLegend = HasLegend(look),
            Legend = LegendAbove(),
            DragMode = DragModeEnum.Zoom,
            XAxis =
            [
                new XAxis
                {
                    Title = look.IsSmall ? null : new XAxisLib.Title { Text = TitleOf(look.Axis) }, GridColor = grid, LineColor = grid, ZeroLine = false,
                    DTick = look is { IsXLogarithmic: true, IsSmall: true } ? 1 : null, // a label a decade
                    Type = look.IsXLogarithmic ? XAxisLib.TypeEnum.Log : XAxisLib.TypeEnum.Linear,
                    RangeMode = look.Axis == HorizontalAxis.Vocabulary ? XAxisLib.RangeModeEnum.Normal : XAxisLib.RangeModeEnum.ToZero, NTicks = look.IsSmall ? 5 : null, TickFormat = FormatOf(look.Axis), HoverFormat = FormatOf(look.Axis),
                    AutoRange = window is null ? XAxisLib.AutoRangeEnum.True : XAxisLib.AutoRangeEnum.False,
                    Range = window is { } seen ? Range(seen.From, seen.To, look.IsXLogarithmic) : null,
                },
            ],
            YAxis =
            [
                new YAxis
                {
                    Title = look.IsSmall ? null : new YAxisLib.Title { Text = look.Unit }, GridColor = grid, ZeroLine = false,
                    FixedRange = look.IsSmall, RangeMode = look.IsSmall ? YAxisLib.RangeModeEnum.ToZero : YAxisLib.RangeModeEnum.Normal,
                    Type = look.IsLogarithmic ? YAxisLib.TypeEnum.Log : YAxisLib.TypeEnum.Linear,
                    DTick = look is { IsLogarithmic: true, IsSmall: false } ? "D2" : null, // 1, 2 and 5 of each decade
                    NTicks = look.IsSmall ? 4 : 7, TickFormat = look.AxisFormat, HoverFormat = look.Format,
                    AutoRange = heights is null ? YAxisLib.AutoRangeEnum.True : YAxisLib.AutoRangeEnum.False,
                    Range = heights is var (low, high) ? Range(low, high, look.IsLogarithmic) : null,
                },
            ],
        };
    }

    /// <summary>A line of a series, yet without points.</summary>
    public static Scatter Line(Palette palette, CurveSeries series)
    {
        var color = series.Color is { } index ? RunPalette.Css(index) : Css(series.Style == CurveStyle.Marked ? palette.Secondary : palette.Primary);
        return new Scatter
        {
            Name = series.Name,
            Mode = series.Style == CurveStyle.Marked ? ModeFlag.Lines | ModeFlag.Markers : ModeFlag.Lines,
            Line = new Line { Color = color, Width = series.Style == CurveStyle.Faint ? 1 : series.IsPinned ? 3.5m : 2 },
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

    private static bool HasLegend(CurveChartLook look) => look is { IsSmall: false, HasLegend: true };

    /// <summary>A range as plotly.js wants it: powers of ten on a logarithmic axis.</summary>
    private static List<object> Range(double from, double to, bool isLogarithmic) =>
        isLogarithmic ? [Math.Log10(Math.Max(from, 1e-9)), Math.Log10(Math.Max(to, 1e-9))] : [from, to];

    private static string TitleOf(HorizontalAxis axis) => axis switch
    {
        HorizontalAxis.Tokens => "tokens",
        HorizontalAxis.Flops => "floating-point operations",
        HorizontalAxis.Time => "seconds of training",
        HorizontalAxis.Epochs => "epochs",
        HorizontalAxis.Vocabulary => "tokens in the vocabulary",
        _ => "step",
    };

    private static string FormatOf(HorizontalAxis axis) => axis switch
    {
        HorizontalAxis.Steps or HorizontalAxis.Vocabulary => ",d",
        HorizontalAxis.Time => ",.4~r",
        HorizontalAxis.Epochs => ".3~g",
        _ => ".4~s",
    };

    /// <summary>A colour in the language of the browser.</summary>
    public static string Css(MudColor color) => color.ToString(MudColorOutputFormats.RGBA);
}
