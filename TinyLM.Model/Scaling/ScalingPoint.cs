namespace TinyLM.Model.Scaling;

/// <summary>A size of model and an amount of text to train it on.</summary>
/// <param name="Parameters">Parameters, N.</param>
/// <param name="Tokens">Tokens learned from, D.</param>
public readonly record struct ScalingPoint(double Parameters, double Tokens)
{
    /// <summary>Operations a parameter and token: 2 forward, 4 backward.</summary>
    public const double OperationsEach = 6;

    /// <summary>Floating-point operations of the training, C = 6ND.</summary>
    /// <remarks>Kaplan et al. 2020, https://arxiv.org/abs/2001.08361, section 2.1; Hoffmann et al. 2022 use the same.</remarks>
    public double Compute => OperationsEach * Parameters * Tokens;

    /// <summary>D / N; depends on which parameters are counted.</summary>
    public double TokensPerParameter => Tokens / Parameters;

    /// <summary>The point of a size that uses up a compute.</summary>
    public static ScalingPoint OfParameters(double parameters, double compute) => new(parameters, compute / (OperationsEach * parameters));

    /// <summary>The point of an amount of text that uses up a compute.</summary>
    public static ScalingPoint OfTokens(double tokens, double compute) => new(compute / (OperationsEach * tokens), tokens);
}
