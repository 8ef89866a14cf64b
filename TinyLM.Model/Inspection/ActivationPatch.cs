using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Puts numbers that were computed elsewhere, as a rule from another prompt, in place of a token's own.</summary>
/// <remarks>Activation patching: Meng et al. 2022, https://arxiv.org/abs/2202.05262; Wang et al. 2022, https://arxiv.org/abs/2211.00593.</remarks>
public sealed record ActivationPatch : Intervention
{
    /// <summary>The place.</summary>
    public required ActivationSite Site { get; init; }

    /// <summary>The token's position.</summary>
    public required int Position { get; init; }

    /// <summary>The first column that is replaced.</summary>
    public int Column { get; init; }

    /// <summary>The numbers.</summary>
    public required ReadOnlyMemory<float> Values { get; init; }

    internal override void Apply(ActivationSite site, int layer, int position, Rows values, int width)
    {
        var row = Position - position;
        if (site != Site || layer != Layer || row < 0 || row >= values.Count) return;
        if (Column + Values.Length > width) throw new ArgumentException($"{Values.Length} numbers from column {Column} on do not fit at {site}, which is {width} wide.");
        Values.Span.CopyTo(values.Values[(row * values.Stride + Column)..]);
    }
}
