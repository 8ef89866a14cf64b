namespace TinyLM.Lab.Components.Charts;

/// <summary>How a chart writes its values.</summary>
public sealed record CurveChartLook
{
    /// <summary>Unit of the values, as the axis says it.</summary>
    public required string Unit { get; init; }

    /// <summary>Number format of values under the pointer, in d3's language.</summary>
    public string Format { get; init; } = ".3f";

    /// <summary>Number format along the axis, in d3's language.</summary>
    public string AxisFormat { get; init; } = "~g";

    /// <summary>Values are multiplied by this before they are drawn: nats per token to bits per byte, for one.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether the value axis is logarithmic.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Without legend and axis titles.</summary>
    public bool IsSmall { get; init; }
}
