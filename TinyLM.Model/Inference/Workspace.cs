using System.Numerics.Tensors;

namespace TinyLM.Model.Inference;

// R = rows (tokens read at once), C = embedding size, M = width inside the feed-forward layer, T = context length

/// <summary>The activations of one session, used again for every token.</summary>
internal sealed class Workspace
{
    private readonly AlignedFloats _residual;
    private readonly AlignedFloats _normed;
    private readonly AlignedFloats _queryKeyValue;
    private readonly AlignedFloats _attended;
    private readonly AlignedFloats _expanded;
    private readonly AlignedFloats _scores;
    private readonly int _width;
    private readonly int _queryKeyValueWidth;
    private readonly int _expandedWidth;
    private readonly int _contextLength;
    private AlignedFloats? _branch;

    public Workspace(int maxRows, int width, int queryKeyValueWidth, int expandedWidth, int contextLength)
    {
        (MaxRows, _width, _queryKeyValueWidth, _expandedWidth, _contextLength) =
            (maxRows, width, queryKeyValueWidth, expandedWidth, contextLength);
        _residual = new AlignedFloats(maxRows * width);
        _normed = new AlignedFloats(maxRows * width);
        _queryKeyValue = new AlignedFloats(maxRows * queryKeyValueWidth);
        _attended = new AlignedFloats(maxRows * width);
        _expanded = new AlignedFloats(maxRows * expandedWidth);
        _scores = new AlignedFloats(CausalAttention.QueryBlock * contextLength);
    }

    /// <summary>Most tokens read at once.</summary>
    public int MaxRows { get; }

    /// <summary>Who looks at the activations or changes them; null in ordinary reading.</summary>
    public IActivationHook? Hook { get; init; }

    /// <summary>The residual stream, (R, C).</summary>
    public Rows Residual(int rows) => new(_residual.Span, _width, rows);

    /// <summary>The residual stream, normalised for a layer, (R, C).</summary>
    public Rows Normed(int rows) => new(_normed.Span, _width, rows);

    /// <summary>Queries, keys and values side by side, (R, 3C) in GPT-2, (R, C + 2K) in a Llama.</summary>
    public Rows QueryKeyValue(int rows) => new(_queryKeyValue.Span, _queryKeyValueWidth, rows);

    /// <summary>What attention gathered, (R, C).</summary>
    public Rows Attended(int rows) => new(_attended.Span, _width, rows);

    /// <summary>Inside the feed-forward layer, (R, M); gate and expansion side by side, (R, 2M), in a Llama.</summary>
    public Rows Expanded(int rows) => new(_expanded.Span, _expandedWidth, rows);

    /// <summary>Attention of a block of queries, (<see cref="CausalAttention.QueryBlock"/>, T).</summary>
    public Rows Scores => new(_scores.Span, _contextLength, CausalAttention.QueryBlock);

    /// <summary>Shows numbers to the hook, where there is one.</summary>
    public void Visit(ActivationSite site, int layer, ReadOnlySpan<Passage> passages, Rows values, int width)
    {
        if (Hook is null) return;
        foreach (var passage in passages) Hook.Visit(site, layer, passage.Position, passage.Of(values), width);
    }

    /// <summary>Lets a branch join the residual stream: residual += x · Wᵀ + b. With a hook the branch is computed apart, so that it can be seen.</summary>
    public void Join(ActivationSite site, int layer, ReadOnlySpan<Passage> passages, PackedMatrix projection, Rows x, Rows residual)
    {
        if (Hook is null)
        {
            projection.AddTo(x, residual);
            return;
        }

        _branch ??= new AlignedFloats(MaxRows * _width);
        var branch = new Rows(_branch.Span, _width, residual.Count);
        projection.Apply(x, branch);
        Visit(site, layer, passages, branch, _width);
        for (var r = 0; r < residual.Count; r++) TensorPrimitives.Add(residual[r], branch[r], residual[r]);
    }
}
