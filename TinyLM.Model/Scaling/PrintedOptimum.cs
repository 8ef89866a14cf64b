namespace TinyLM.Model.Scaling;

/// <summary>A pair of figures as printed.</summary>
/// <param name="Compute">Floating-point operations.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Misprint">What is wrong with them, in words; null where nothing is.</param>
public readonly record struct PrintedOptimum(double Compute, double Tokens, string? Misprint = null)
{
    /// <summary>The tokens that C = 6ND gives for the printed compute.</summary>
    public double TokensOf(double parameters) => Compute / (ScalingPoint.OperationsEach * parameters);
}
