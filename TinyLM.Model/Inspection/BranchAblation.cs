using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// C = embedding size

/// <summary>Takes the branches of a block away: they add nothing to the residual stream, or the same to every token.</summary>
public sealed record BranchAblation : Intervention
{
    /// <summary>Whether attention is taken away.</summary>
    public bool Attention { get; init; }

    /// <summary>Whether the feed-forward layer is taken away.</summary>
    public bool FeedForward { get; init; }

    /// <summary>What attention adds instead, (C), as a rule from <see cref="ActivationMeans"/>; zeros where empty.</summary>
    public ReadOnlyMemory<float> AttentionInstead { get; init; }

    /// <summary>What the feed-forward layer adds instead, (C); zeros where empty.</summary>
    public ReadOnlyMemory<float> FeedForwardInstead { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate(ModelConfig config) => base.Validate(config) is [_, ..] problems ? problems
        : [.. LengthProblems(AttentionInstead, config.EmbeddingSize), .. LengthProblems(FeedForwardInstead, config.EmbeddingSize)];

    internal override void Apply(ActivationSite site, int layer, int position, Rows values, int width)
    {
        if (layer != Layer) return;
        if (site == ActivationSite.AttentionOutput && Attention) Replace(values, 0, width, AttentionInstead);
        if (site == ActivationSite.FeedForwardOutput && FeedForward) Replace(values, 0, width, FeedForwardInstead);
    }
}
