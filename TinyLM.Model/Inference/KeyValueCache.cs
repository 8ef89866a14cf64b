namespace TinyLM.Model.Inference;

// H = heads, D = size of a head, T = capacity in positions, W = panel width

/// <summary>Keys and values of the positions read so far, as panels that the attention product reads directly.</summary>
/// <remarks>
/// Keys: per layer and head a matrix of T outputs (positions) and D inputs. Values: per layer and head a matrix of D outputs and
/// T inputs (positions). All of it is reserved at once and never cleared: memory that no position has reached costs nothing.
/// </remarks>
internal sealed class KeyValueCache
{
    private readonly PanelKernel _kernel;
    private readonly AlignedFloats _keys;
    private readonly AlignedFloats _values;
    private readonly int _headCount;
    private readonly int _headSize;
    private readonly int _keyStride; // numbers of one layer's head
    private readonly int _valueStride;

    public KeyValueCache(PanelKernel kernel, int layerCount, int headCount, int headSize, int capacity)
    {
        (_kernel, _headCount, _headSize, Capacity) = (kernel, headCount, headSize, capacity);
        _keyStride = checked(kernel.PanelCount(capacity) * headSize * kernel.PanelWidth);
        ValueKernel = kernel.For(headSize);
        _valueStride = checked(ValueKernel.PanelCount(headSize) * capacity * ValueKernel.PanelWidth);
        _keys = new AlignedFloats(checked(layerCount * headCount * _keyStride));
        _values = new AlignedFloats(checked(layerCount * headCount * _valueStride));
    }

    /// <summary>Most positions that fit.</summary>
    public int Capacity { get; }

    /// <summary>Reads values: as wide as heads are, so that small ones take no more memory than they have numbers.</summary>
    public PanelKernel ValueKernel { get; }

    /// <summary>Stores keys and values of consecutive positions.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">The position of the first row.</param>
    /// <param name="keys">(rows, H · D), head after head.</param>
    /// <param name="values">(rows, H · D), head after head.</param>
    public void Store(int layer, int position, Rows keys, Rows values)
    {
        var (width, valueWidth) = (_kernel.PanelWidth, ValueKernel.PanelWidth);
        for (var head = 0; head < _headCount; head++)
        {
            var keyPanels = KeysOf(layer, head);
            var valuePanels = ValuesOf(layer, head);
            for (var r = 0; r < keys.Count; r++)
            {
                var t = position + r;
                var key = keys.Values.Slice(r * keys.Stride + head * _headSize, _headSize);
                var lane = keyPanels[(t / width * _headSize * width + t % width)..];
                for (var d = 0; d < key.Length; d++) lane[d * width] = key[d];

                var value = values.Values.Slice(r * values.Stride + head * _headSize, _headSize);
                for (var d = 0; d < value.Length; d += valueWidth)
                    value[d..Math.Min(d + valueWidth, value.Length)].CopyTo(valuePanels[(d * Capacity + t * valueWidth)..]);
            }
        }
    }

    /// <summary>The keys of positions 0 up to a count: as many outputs, D inputs.</summary>
    public Panels Keys(int layer, int head, int count) =>
        new(KeysOf(layer, head), _headSize * _kernel.PanelWidth, count, _headSize);

    /// <summary>The values of positions 0 up to a count: D outputs, as many inputs.</summary>
    public Panels Values(int layer, int head, int count) =>
        new(ValuesOf(layer, head), Capacity * ValueKernel.PanelWidth, _headSize, count);

    private Span<float> KeysOf(int layer, int head) => _keys.Span.Slice((layer * _headCount + head) * _keyStride, _keyStride);

    private Span<float> ValuesOf(int layer, int head) => _values.Span.Slice((layer * _headCount + head) * _valueStride, _valueStride);
}
