using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

/// <summary>Copies what a forward pass shows: certain places, in all blocks or in one.</summary>
/// <param name="tokenCount">Number of tokens of the whole pass.</param>
/// <param name="wanted">Which places to copy; all where it is null.</param>
internal sealed class ActivationRecorder(int tokenCount, IReadOnlySet<ActivationSite>? wanted) : IActivationHook
{
    private readonly Dictionary<(ActivationSite, int Layer), ActivationTable> _tables = [];

    /// <summary>What was copied at a place.</summary>
    public ActivationTable this[ActivationSite site, int layer] => _tables[(site, layer)];

    /// <summary>All that was copied of a block.</summary>
    public Dictionary<ActivationSite, ActivationTable> Of(int layer) =>
        _tables.Where(pair => pair.Key.Layer == layer).ToDictionary(pair => pair.Key.Item1, pair => pair.Value);

    /// <inheritdoc/>
    public void Visit(ActivationSite site, int layer, int position, Rows values, int width)
    {
        if (wanted?.Contains(site) == false) return;
        if (!_tables.TryGetValue((site, layer), out var table))
            _tables[(site, layer)] = table = new ActivationTable(new float[checked(tokenCount * width)], tokenCount, width);
        for (var r = 0; r < values.Count; r++) values.Values.Slice(r * values.Stride, width).CopyTo(table[position + r]);
    }
}
