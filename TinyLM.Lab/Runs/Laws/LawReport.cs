using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Runs.Laws;

/// <summary>What points say about scaling.</summary>
/// <param name="Fit">The law through them.</param>
/// <param name="Ranges">Where its constants probably lie.</param>
/// <param name="Curves">Those of equal compute, where there are some.</param>
/// <param name="Line">The line through the lowest places of these; null where fewer than two have one.</param>
public sealed record LawReport(LawFit Fit, LawIntervals Ranges, IReadOnlyList<IsoFlopCurve> Curves, TokenRule? Line);
