namespace TinyLM.Lab.Components.Charts;

/// <summary>One point of a curve over the steps of a run.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Value">The figure; not a number where there was none, which draws as a gap.</param>
public readonly record struct CurvePoint(int Step, float Value);
