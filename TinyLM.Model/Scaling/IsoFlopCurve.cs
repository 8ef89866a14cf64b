namespace TinyLM.Model.Scaling;

/// <summary>Models of one compute, and the parabola through their losses over ln N.</summary>
/// <param name="Compute">Mean of their computes, by logarithms.</param>
/// <param name="Points">The models, the smallest first.</param>
/// <param name="Parabola">The parabola of least squares.</param>
/// <param name="Best">The lowest place of the parabola; null where it has none within the sizes that were trained.</param>
public sealed record IsoFlopCurve(double Compute, IReadOnlyList<LossPoint> Points, SizeParabola Parabola, LossPoint? Best);
