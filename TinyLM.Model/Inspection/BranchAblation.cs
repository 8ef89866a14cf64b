using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Takes the branches of a block away: they add nothing to the residual stream.</summary>
public sealed record BranchAblation : Intervention
{
    /// <summary>Whether attention is taken away.</summary>
    public bool Attention { get; init; }

    /// <summary>Whether the feed-forward layer is taken away.</summary>
    public bool FeedForward { get; init; }

    internal override void Apply(ActivationSite site, int layer, int position, Rows values, int width)
    {
        if (layer != Layer) return;
        if (site == ActivationSite.AttentionOutput && Attention || site == ActivationSite.FeedForwardOutput && FeedForward) Clear(values, 0, width);
    }
}
