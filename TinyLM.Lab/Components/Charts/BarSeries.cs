namespace TinyLM.Lab.Components.Charts;

/// <summary>The bars of one colour in a chart of groups.</summary>
/// <param name="Name">As the legend calls it.</param>
/// <param name="Values">One for each group; null where there is none.</param>
public sealed record BarSeries(string Name, IReadOnlyList<double?> Values);
