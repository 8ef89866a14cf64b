namespace TinyLM.Model.Scaling;

/// <summary>How many tokens are best for a size: D = k·N^p. With C = 6ND it says the same of a compute: N ∝ C^(1/(1+p)).</summary>
/// <param name="Coefficient">k.</param>
/// <param name="Exponent">p; 1 keeps the tokens per parameter the same at every size.</param>
public readonly record struct TokenRule(double Coefficient, double Exponent)
{
    /// <summary>a in N ∝ C^a.</summary>
    public double SizeExponent => 1 / (1 + Exponent);

    /// <summary>b in D ∝ C^b; a + b = 1.</summary>
    public double TokenExponent => Exponent / (1 + Exponent);

    /// <summary>The straight line of least squares through log N and log D.</summary>
    /// <exception cref="ArgumentException">There are not two different sizes.</exception>
    public static TokenRule Through(IReadOnlyList<ScalingPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.DistinctBy(point => point.Parameters).Count() < 2) throw new ArgumentException("A line needs two sizes at least.", nameof(points));
        double[] sizes = [.. points.Select(point => Math.Log(point.Parameters))];
        double[] tokens = [.. points.Select(point => Math.Log(point.Tokens))];
        var (meanSize, meanTokens) = (sizes.Average(), tokens.Average());
        var slope = sizes.Zip(tokens, (size, token) => (size - meanSize) * (token - meanTokens)).Sum() / sizes.Sum(size => (size - meanSize) * (size - meanSize));
        return new TokenRule(Math.Exp(meanTokens - slope * meanSize), slope);
    }

    /// <summary>The rule that N = k·C^a stands for.</summary>
    /// <param name="coefficient">k, for a compute in operations.</param>
    /// <param name="exponent">a, above 0 and below 1.</param>
    public static TokenRule OfSizes(double coefficient, double exponent) =>
        new(1 / (ScalingPoint.OperationsEach * Math.Pow(coefficient, 1 / exponent)), 1 / exponent - 1);

    /// <summary>The best point of a size.</summary>
    public ScalingPoint ForParameters(double parameters) => new(parameters, Coefficient * Math.Pow(parameters, Exponent));

    /// <summary>The best point of an amount of text.</summary>
    public ScalingPoint ForTokens(double tokens) => new(Math.Pow(tokens / Coefficient, 1 / Exponent), tokens);

    /// <summary>The best point of a compute.</summary>
    public ScalingPoint ForCompute(double compute) =>
        ScalingPoint.OfParameters(Math.Pow(compute / (ScalingPoint.OperationsEach * Coefficient), SizeExponent), compute);
}
