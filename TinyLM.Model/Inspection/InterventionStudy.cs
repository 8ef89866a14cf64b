using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// L = layers, H = heads, T = tokens

/// <summary>Makes one change after the other and tells how much each of them matters; each costs a forward pass from its layer on, made when the number is asked for.</summary>
public static class InterventionStudy
{
    /// <summary>How much the mean loss over the prompt rises, in nats, when each part alone is switched off.</summary>
    /// <param name="plain">The reading without changes, of at least two tokens.</param>
    /// <param name="means">What stands in for a part; zeros if null.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>(L, H + 2), row by row: each head, then all attention of the layer, then its feed-forward layer.</returns>
    public static IEnumerable<float> AblateEach(ForwardTrace plain, ActivationMeans? means = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plain);
        return Rises();

        IEnumerable<float> Rises()
        {
            var loss = MeanLoss(plain);
            for (var layer = 0; layer < plain.Config.LayerCount; layer++)
                for (var part = 0; part < plain.Config.HeadCount + 2; part++)
                    yield return (float)(MeanLoss(plain.With([Part(plain.Config, layer, part, means)], cancellationToken)) - loss);
        }
    }

    /// <summary>
    /// How much of the other prompt's answer comes over when numbers of one place are taken from it: 0 where nothing changes, 1 where the
    /// token is as likely as after the other prompt.
    /// </summary>
    /// <param name="plain">The reading that is changed.</param>
    /// <param name="source">The reading that numbers are taken from, of as many tokens.</param>
    /// <param name="site">The place: <see cref="ActivationSite.HeadOutput"/> for each head alone, at all tokens together.</param>
    /// <param name="token">The token whose log-probability at the end is looked at.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>(L, T), row by row; for heads (L, H).</returns>
    /// <exception cref="ArgumentException">The prompts do not have the same number of tokens.</exception>
    public static IEnumerable<float> PatchEach(ForwardTrace plain, ForwardTrace source, ActivationSite site, int token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(source);
        var count = plain.Tokens.Count;
        if (source.Tokens.Count != count)
            throw new ArgumentException($"The prompts have {count} and {source.Tokens.Count} tokens; numbers can be taken over place by place only where both have as many.", nameof(source));
        return Shares();

        IEnumerable<float> Shares()
        {
            var (from, to) = (LastLogProbability(plain, token), LastLogProbability(source, token));
            for (var layer = 0; layer < plain.Config.LayerCount; layer++)
            {
                for (var column = 0; column < (site == ActivationSite.HeadOutput ? plain.Config.HeadCount : count); column++)
                {
                    var patched = LastLogProbability(plain.With(Patches(layer, column), cancellationToken), token);
                    yield return to == from ? 0 : (float)((patched - from) / (to - from));
                }
            }
        }

        ActivationPatch[] Patches(int layer, int column) => site == ActivationSite.HeadOutput
            ? [.. Enumerable.Range(0, count).Select(position => ActivationPatch.Of(source, site, layer, column, position))]
            : [ActivationPatch.Of(source, site, layer, head: null, column)];
    }

    /// <summary>The mean over the prompt of −ln of the probability of each token after the first, in nats; NaN for one token alone.</summary>
    public static double MeanLoss(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return trace.Tokens.Count < 2 ? double.NaN : PromptFigures.Losses(trace).Average();
    }

    private static double LastLogProbability(ForwardTrace trace, int token) =>
        Generation.Sampler.LogProbability(trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values, token);

    private static Intervention Part(ModelConfig config, int layer, int part, ActivationMeans? means) =>
        part < config.HeadCount ? new HeadAblation { Layer = layer, Head = part, HeadSize = config.HeadSize, Instead = means?.Head(layer, part) }
        : part == config.HeadCount ? new BranchAblation { Layer = layer, Attention = true, AttentionInstead = means?.Attention(layer) }
        : new BranchAblation { Layer = layer, FeedForward = true, FeedForwardInstead = means?.FeedForward(layer) };
}
