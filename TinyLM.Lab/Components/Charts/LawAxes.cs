namespace TinyLM.Lab.Components.Charts;

/// <summary>Axes of a plot of formulas; the horizontal one is always logarithmic.</summary>
/// <param name="X">What is along it.</param>
/// <param name="Y">What is up it.</param>
/// <param name="IsYLogarithmic">Whether the vertical one is logarithmic.</param>
public sealed record LawAxes(string X, string Y, bool IsYLogarithmic);
