namespace TinyLM.Lab.Components.Charts;

/// <summary>How a chart writes its values and lays out its axes.</summary>
public sealed record CurveChartLook
{
    /// <summary>Unit of the values, as the axis says it.</summary>
    public required string Unit { get; init; }

    /// <summary>Number format of values under the pointer, in d3's language.</summary>
    public string Format { get; init; } = ".3f";

    /// <summary>Number format along the axis, in d3's language.</summary>
    public string AxisFormat { get; init; } = "~g";

    /// <summary>What the curves are drawn over.</summary>
    public HorizontalAxis Axis { get; init; }

    /// <summary>Whether the horizontal axis is logarithmic.</summary>
    public bool IsXLogarithmic { get; init; }

    /// <summary>Whether the value axis is logarithmic.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether the value axis leaves out the farthest points.</summary>
    public bool ExcludesOutliers { get; init; }

    /// <summary>Without legend and axis titles.</summary>
    public bool IsSmall { get; init; }

    /// <summary>Whether the chart names its curves itself; a page with many names them beside it.</summary>
    public bool HasLegend { get; init; } = true;

    /// <summary>The same over the axis that a page has chosen.</summary>
    public CurveChartLook Over(ChartSettings settings) => this with { Axis = settings.Axis, IsXLogarithmic = settings.IsXLogarithmic };
}
