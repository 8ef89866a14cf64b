namespace TinyLM.Lab.Components.Charts;

/// <summary>One point of a curve.</summary>
/// <param name="X">Place along the axis: steps, tokens, operations, seconds or epochs.</param>
/// <param name="Value">The figure; not a number where there was none, which draws as a gap.</param>
public readonly record struct CurvePoint(double X, float Value);
