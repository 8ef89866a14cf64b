namespace TinyLM.Lab.Components.Charts;

/// <summary>A dashed horizontal line across a chart.</summary>
/// <param name="Name">As the legend calls it.</param>
/// <param name="Value">Its height, in the unit of the chart.</param>
public sealed record CurveLevel(string Name, double Value);
