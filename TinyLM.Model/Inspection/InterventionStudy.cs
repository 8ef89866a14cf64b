using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// L = layers, H = heads, T = tokens

/// <summary>Makes one change after the other and tells how much each of them matters.</summary>
public static class InterventionStudy
{
    /// <summary>How much the mean loss over the prompt rises, in nats, when each part alone is switched off.</summary>
    /// <param name="plain">The reading without changes, of at least two tokens.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>(L, H + 2): each head, then all attention of the layer, then its feed-forward layer.</returns>
    public static ActivationTable AblateEach(ForwardTrace plain, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plain);
        var config = plain.Config;
        var loss = MeanLoss(plain);
        var rises = new ActivationTable(new float[config.LayerCount * (config.HeadCount + 2)], config.LayerCount, config.HeadCount + 2);
        for (var layer = 0; layer < rises.Rows; layer++)
            for (var part = 0; part < rises.Columns; part++)
                rises[layer][part] = (float)(MeanLoss(ForwardTrace.Run(plain.Model, plain.Tokens, [Part(config, layer, part)], cancellationToken)) - loss);
        return rises;
    }

    /// <summary>
    /// How much of the other prompt's answer comes over when the residual stream of one token after one block is taken from it:
    /// 0 where nothing changes, 1 where the token is as likely as after the other prompt.
    /// </summary>
    /// <param name="plain">The reading that is changed.</param>
    /// <param name="source">The reading that numbers are taken from, of as many tokens.</param>
    /// <param name="token">The token whose log-probability at the end is looked at.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>(L, T).</returns>
    /// <exception cref="ArgumentException">The prompts do not have the same number of tokens.</exception>
    public static ActivationTable PatchEach(ForwardTrace plain, ForwardTrace source, int token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(source);
        var count = plain.Tokens.Count;
        if (source.Tokens.Count != count)
            throw new ArgumentException($"The prompts have {count} and {source.Tokens.Count} tokens; numbers can be taken over place by place only where both have as many.", nameof(source));
        var (from, to) = (LastLogProbability(plain, token), LastLogProbability(source, token));
        var shares = new ActivationTable(new float[plain.Config.LayerCount * count], plain.Config.LayerCount, count);
        for (var layer = 0; layer < shares.Rows; layer++)
        {
            for (var position = 0; position < count; position++)
            {
                var patch = new ActivationPatch { Layer = layer, Site = ActivationSite.Residual, Position = position, Values = source.Residual(layer + 1)[position].ToArray() };
                var patched = LastLogProbability(ForwardTrace.Run(plain.Model, plain.Tokens, [patch], cancellationToken), token);
                shares[layer][position] = to == from ? 0 : (float)((patched - from) / (to - from));
            }
        }

        return shares;
    }

    /// <summary>The mean over the prompt of −ln of the probability of each token after the first, in nats; NaN for one token alone.</summary>
    public static double MeanLoss(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var figures = PromptFigures.Measure(trace, 0, trace.Tokens.Count);
        return figures.Count < 2 ? double.NaN : figures.Skip(1).Average(one => one!.Value.Loss);
    }

    private static double LastLogProbability(ForwardTrace trace, int token) =>
        Generation.Sampler.LogProbability(trace.Logits(trace.Config.LayerCount, trace.Tokens.Count - 1, 1).Values, token);

    private static Intervention Part(ModelConfig config, int layer, int part) =>
        part < config.HeadCount ? new HeadAblation { Layer = layer, Head = part, HeadSize = config.HeadSize }
        : new BranchAblation { Layer = layer, Attention = part == config.HeadCount, FeedForward = part != config.HeadCount };
}
