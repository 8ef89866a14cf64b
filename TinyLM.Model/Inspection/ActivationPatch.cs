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

    /// <summary>What another reading has at a place: all of it, or one head's part.</summary>
    /// <param name="source">The other reading.</param>
    /// <param name="site">The place.</param>
    /// <param name="layer">The block.</param>
    /// <param name="head">Its head, where the place is <see cref="ActivationSite.HeadOutput"/> and only one is taken over; else null.</param>
    /// <param name="position">The token's position in both readings.</param>
    public static ActivationPatch Of(ForwardTrace source, ActivationSite site, int layer, int? head, int position)
    {
        ArgumentNullException.ThrowIfNull(source);
        var table = site == ActivationSite.Residual ? source.Residual(layer + 1) : source.Block(layer)[site];
        var (column, width) = head is { } one ? (one * source.Config.HeadSize, source.Config.HeadSize) : (0, table.Columns);
        return new ActivationPatch { Layer = layer, Site = site, Position = position, Column = column, Values = table[position].Slice(column, width).ToArray() };
    }

    internal override void Apply(ActivationSite site, int layer, int position, Rows values, int width)
    {
        var row = Position - position;
        if (site != Site || layer != Layer || row < 0 || row >= values.Count) return;
        if (Column + Values.Length > width) throw new ArgumentException($"{Values.Length} numbers from column {Column} on do not fit at {site}, which is {width} wide.");
        Values.Span.CopyTo(values.Values[(row * values.Stride + Column)..]);
    }
}
