using System.Text.Json.Serialization;

namespace TinyLM.Model.Scaling;

/// <summary>Loss of a model after training, L(N, D) = E + A/N^α + B/D^β, in nats per token.</summary>
/// <remarks>Hoffmann et al. 2022, "Training Compute-Optimal Large Language Models", https://arxiv.org/abs/2203.15556, section 3.3.</remarks>
/// <param name="E">What is left with endless parameters and tokens: the entropy of the text.</param>
/// <param name="A">Weight of the size.</param>
/// <param name="B">Weight of the text.</param>
/// <param name="Alpha">How fast a larger size helps.</param>
/// <param name="Beta">How fast more text helps.</param>
public sealed record ParametricLaw(double E, double A, double B, double Alpha, double Beta)
{
    private const int Halvings = 200;

    /// <summary>The best tokens of each size, where αA/N^α = βB/D^β: there a bit more compute helps as much on either side.</summary>
    [JsonIgnore]
    public TokenRule Optimum => new(Math.Pow(Beta * B / (Alpha * A), 1 / Beta), Alpha / Beta);

    /// <summary>The loss of a point.</summary>
    public double Loss(ScalingPoint point) => E + A / Math.Pow(point.Parameters, Alpha) + B / Math.Pow(point.Tokens, Beta);

    /// <summary>The cheapest point with a loss; null where the loss is not above <see cref="E"/>.</summary>
    public ScalingPoint? OptimumForLoss(double loss) =>
        loss > E ? Optimum.ForParameters(Math.Pow(A * (1 + Alpha / Beta) / (loss - E), 1 / Alpha)) : null; // B/D^β is α/β times A/N^α there

    /// <summary>The tokens that bring a size to a loss; null where none do.</summary>
    public double? TokensFor(double parameters, double loss)
    {
        var rest = loss - E - A / Math.Pow(parameters, Alpha);
        return rest > 0 ? Math.Pow(B / rest, 1 / Beta) : null;
    }

    /// <summary>The size that an amount of text brings to a loss; null where none is.</summary>
    public double? ParametersFor(double tokens, double loss)
    {
        var rest = loss - E - B / Math.Pow(tokens, Beta);
        return rest > 0 ? Math.Pow(A / rest, 1 / Alpha) : null;
    }

    /// <summary>
    /// The points of a compute with a loss: a small model trained long and a large one trained briefly; one point where the loss is the
    /// lowest of the compute, none where it is lower.
    /// </summary>
    public IReadOnlyList<ScalingPoint> PointsFor(double compute, double loss)
    {
        var best = Optimum.ForCompute(compute);
        var lowest = Loss(best);
        if (Math.Abs(loss - lowest) <= 1e-12 * lowest) return [best];
        return loss < lowest ? [] : [Side(-1), Side(1)];

        // Away from the optimum the loss rises on both sides without end: step until it is too high, then halve.
        ScalingPoint Side(int direction)
        {
            var near = Math.Log(best.Parameters);
            var step = 1.0;
            while (LossAt(near + direction * step) < loss) step *= 2;
            var (inside, outside) = (0.0, step);
            for (var i = 0; i < Halvings; i++)
            {
                var middle = (inside + outside) / 2;
                if (LossAt(near + direction * middle) < loss) inside = middle;
                else outside = middle;
            }

            return ScalingPoint.OfParameters(Math.Exp(near + direction * inside), compute);
        }

        double LossAt(double logParameters) => Loss(ScalingPoint.OfParameters(Math.Exp(logParameters), compute));
    }

    /// <summary>How far a point is from the best use of its compute.</summary>
    public ScalingWaste WasteOf(ScalingPoint point)
    {
        var best = Optimum.ForCompute(point.Compute);
        var excess = Math.Max(0, Loss(point) - Loss(best));
        var needed = Math.Min(point.Compute, OptimumForLoss(Loss(point))?.Compute ?? point.Compute);
        return new ScalingWaste(best, excess, needed, 1 - needed / point.Compute);
    }
}
