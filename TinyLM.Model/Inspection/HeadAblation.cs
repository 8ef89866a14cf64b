using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Takes one head away: what it gathered becomes zero, or its mean over some text.</summary>
public sealed record HeadAblation : Intervention
{
    /// <summary>Which head of the layer.</summary>
    public required int Head { get; init; }

    /// <summary>Width of a head of the model.</summary>
    public required int HeadSize { get; init; }

    /// <summary>What stands in its place, as many numbers as the head is wide, as a rule from <see cref="ActivationMeans"/>; zeros where empty.</summary>
    public ReadOnlyMemory<float> Instead { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate(ModelConfig config) => base.Validate(config) is [_, ..] problems ? problems
        : (uint)Head >= (uint)config.HeadCount ? [$"There is no head {Head}; each layer has 0 to {config.HeadCount - 1}."]
        : HeadSize != config.HeadSize ? [$"A head of this model is {config.HeadSize} wide, not {HeadSize}."] : [.. LengthProblems(Instead, HeadSize)];

    internal override void Apply(ActivationSite site, int layer, int position, Rows values, int width)
    {
        if (site == ActivationSite.HeadOutput && layer == Layer) Replace(values, Head * HeadSize, HeadSize, Instead);
    }
}
