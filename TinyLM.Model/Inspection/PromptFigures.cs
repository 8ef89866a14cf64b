namespace TinyLM.Model.Inspection;

/// <summary>What a model thought of each token of a prompt, before it saw it.</summary>
public static class PromptFigures
{
    private const int Together = 32; // positions whose logits are in memory at once

    /// <summary>Measures the tokens.</summary>
    /// <param name="trace">The reading.</param>
    /// <param name="first">The first position; 0 has no figures, since nothing comes before it.</param>
    /// <param name="count">How many positions.</param>
    /// <returns>For each position; null for position 0.</returns>
    public static IReadOnlyList<TokenFigures?> Measure(ForwardTrace trace, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var figures = new TokenFigures?[count];
        for (var start = Math.Max(first, 1); start < first + count; start += Together)
        {
            var rows = Math.Min(Together, first + count - start);
            var logits = trace.Logits(trace.Config.LayerCount, start - 1, rows);
            for (var r = 0; r < rows; r++) figures[start + r - first] = Predictions.Of(logits[r], trace.Tokens[start + r]);
        }

        return figures;
    }

    /// <summary>The surprise at each token after the first, in nats; less work than <see cref="Measure"/>.</summary>
    public static IEnumerable<double> Losses(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        for (var start = 1; start < trace.Tokens.Count; start += Together)
        {
            var logits = trace.Logits(trace.Config.LayerCount, start - 1, Math.Min(Together, trace.Tokens.Count - start));
            for (var r = 0; r < logits.Rows; r++) yield return -Generation.Sampler.LogProbability(logits[r], trace.Tokens[start + r]);
        }
    }
}
