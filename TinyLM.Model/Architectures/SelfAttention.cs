using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, H = heads, D = C / H; K = width of all keys of a token, G = heads of keys

/// <summary>Causal self-attention of both families: by the managed kernel where it is fast, else by libtorch's functions.</summary>
/// <param name="config">Heads, and rotary positions in a Llama.</param>
/// <param name="fused">Whether the managed kernel may be used.</param>
internal sealed class SelfAttention(ModelConfig config, bool fused) : IDisposable
{
    private const int LongestWrittenOut = 256;

    private AttentionKernel? _kernel;
    private Tensor? _future;
    private Tensor? _cosines; // (T, D / 2)
    private Tensor? _sines;
    private long _length;

    /// <summary>What each token gathers from those up to itself.</summary>
    /// <param name="projected">(B·T, C + 2K): queries, keys, values.</param>
    /// <param name="batch">B.</param>
    /// <param name="length">T.</param>
    /// <param name="dropout">Drops weights while the model learns; then the weights stand in memory, and libtorch computes them.</param>
    /// <param name="layer">In which block.</param>
    /// <returns>(B·T, C), in the same number format.</returns>
    public Tensor Apply(Tensor projected, long batch, long length, Dropout dropout, int layer)
    {
        if (length != _length) Prepare(length);
        if (fused && !dropout.Drops && AttentionKernel.Supports(length)) return FusedAttention.Apply(projected, _kernel ??= CreateKernel(), batch);

        var (heads, shared) = (config.HeadCount, config.ActualKeyValueHeadCount);
        var parts = projected.view(batch, length, heads + 2 * shared, config.HeadSize).transpose(1, 2); // (B, H + 2G, T, D)
        var query = Turned(parts.narrow(1, 0, heads));
        var key = Turned(parts.narrow(1, heads, shared));
        var value = parts.narrow(1, heads + shared, shared);
        if (shared != heads) (key, value) = (key.repeat_interleave(heads / shared, 1), value.repeat_interleave(heads / shared, 1));
        var onProcessor = projected.device_type == DeviceType.CPU;
        var attended = dropout.Drops || (onProcessor && projected.dtype == bfloat16 && length <= LongestWrittenOut)
            ? WrittenOut(query, key, value, weights => dropout.Apply(weights, batch, Dropout.Place.AttentionWeights, layer))
            : InOneCall(query, key, value, onProcessor ? float32 : projected.dtype);
        return attended.transpose(1, 2).reshape(batch * length, -1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel?.Dispose();
        _future?.Dispose();
        _cosines?.Dispose();
        _sines?.Dispose();
        (_kernel, _future, _cosines, _sines) = (null, null, null, null);
    }

    /// <summary>Forgets what was made for another length.</summary>
    private void Prepare(long length)
    {
        Dispose();
        _length = length;
    }

    private AttentionKernel CreateKernel() => new(
        (int)_length, config.HeadCount, config.HeadSize, config.ActualKeyValueHeadCount,
        config.Family == ModelFamily.Llama ? new RotaryTable(config, (int)_length) : null);

    /// <summary>Rotary positions: the pairs (i, i + D/2) of queries or keys, (B, H, T, D), turned by their positions' angles.</summary>
    private Tensor Turned(Tensor x)
    {
        if (config.Family != ModelFamily.Llama) return x;
        if (_cosines is null)
        {
            var pairs = config.HeadSize / 2;
            var type = x.dtype == float64 ? float64 : float32;
            var angles = new double[_length * pairs];
            for (var i = 0; i < angles.Length; i++) angles[i] = i / pairs * RotaryTable.Frequency(config, i % pairs);
            var table = tensor(angles, [_length, pairs], float64);
            _cosines = table.cos().to(type).to(x.device).DetachFromDisposeScope();
            _sines = table.sin().to(type).to(x.device).DetachFromDisposeScope();
        }
        var halves = x.to(_cosines.dtype).chunk(2, -1);
        return cat([halves[0].mul(_cosines).Minus(halves[1].mul(_sines!)), halves[1].mul(_cosines).Plus(halves[0].mul(_sines!))], -1).to(x.dtype);
    }

    /// <summary>Not in bf16 on a processor, where fused attention is three times slower backward in it.</summary>
    private static Tensor InOneCall(Tensor query, Tensor key, Tensor value, ScalarType ofBf16)
    {
        var type = query.dtype;
        if (type == bfloat16) (query, key, value) = (query.to(ofBf16), key.to(ofBf16), value.to(ofBf16));
        return scaled_dot_product_attention(query, key, value, is_casual: true).to(type);
    }

    /// <summary>With the scores in memory: the faster way in bf16 for short sequences.</summary>
    private Tensor WrittenOut(Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor> drop)
    {
        _future ??= ones([_length, _length], @bool, query.device).triu(1).DetachFromDisposeScope();
        var scores = query.matmul(key.transpose(2, 3)).Times(1 / Math.Sqrt(config.HeadSize));
        using var never = float.NegativeInfinity.ToScalar();
        return drop(scores.masked_fill(_future, never).softmax(-1)).matmul(value);
    }
}
