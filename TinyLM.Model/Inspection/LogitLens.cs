namespace TinyLM.Model.Inspection;

/// <summary>Reads the residual stream between the blocks as if it were done: what the model would say after each block, at each position.</summary>
/// <remarks>nostalgebraist 2020, "interpreting GPT: the logit lens": the final norm and the head, applied early.</remarks>
public static class LogitLens
{
    private const int Together = 32; // positions whose logits are in memory at once

    /// <summary>Reads some positions at every depth.</summary>
    /// <param name="trace">The reading.</param>
    /// <param name="first">The first position.</param>
    /// <param name="count">How many positions.</param>
    /// <returns>[depth, position]: depth 0 is what the first block reads, the last what the model says.</returns>
    public static LensReading[,] Read(ForwardTrace trace, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var readings = new LensReading[trace.Config.LayerCount + 1, count];
        for (var depth = 0; depth <= trace.Config.LayerCount; depth++)
        {
            for (var start = 0; start < count; start += Together)
            {
                var rows = Math.Min(Together, count - start);
                var logits = trace.Logits(depth, first + start, rows);
                for (var r = 0; r < rows; r++)
                {
                    var next = first + start + r + 1;
                    readings[depth, start + r] = Read(logits[r], next < trace.Tokens.Count ? trace.Tokens[next] : null);
                }
            }
        }

        return readings;
    }

    private static LensReading Read(ReadOnlySpan<float> logits, int? next)
    {
        var likeliest = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);
        var figures = Predictions.Of(logits, likeliest);
        return new LensReading(
            likeliest, figures.Probability, next is { } one ? Predictions.RankOf(logits, one) : null, next is { } two ? Math.Exp(Generation.Sampler.LogProbability(logits, two)) : null, figures.Entropy);
    }
}
