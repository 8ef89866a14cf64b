namespace TinyLM.Model.Scaling;

/// <summary>Where the constants of a fitted law probably lie, each by itself.</summary>
/// <param name="Level">How probably, such as 0.95.</param>
/// <param name="E">Range of E.</param>
/// <param name="A">Range of A.</param>
/// <param name="B">Range of B.</param>
/// <param name="Alpha">Range of α.</param>
/// <param name="Beta">Range of β.</param>
/// <param name="SizeExponent">Range of a in N ∝ C^a.</param>
public sealed record LawIntervals(double Level, Interval E, Interval A, Interval B, Interval Alpha, Interval Beta, Interval SizeExponent);
