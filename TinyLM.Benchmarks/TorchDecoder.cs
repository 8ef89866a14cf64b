using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Benchmarks;

// C = embedding size, H = heads, D = C / H, R = tokens read at once, S = positions seen, T = context length, V = vocabulary

/// <summary>The peer of the managed decoder: GPT-2 with a key/value cache by libtorch's own functions, on the calling thread alone.</summary>
/// <remarks>Written to be fast: no modules, caches reserved once and written in place, fused attention, no gradients.</remarks>
internal sealed class TorchDecoder : IDisposable
{
    private const double NormEpsilon = 1e-5;

    private readonly ModelConfig _config;
    private readonly Dictionary<string, Tensor> _weights = new(StringComparer.Ordinal);
    private readonly (Tensor Keys, Tensor Values)[] _cache;
    private readonly string[] _blocks;

    /// <param name="weights">The weights; copied.</param>
    public TorchDecoder(ModelWeights weights)
    {
        _config = weights.Config;
        foreach (var (name, weight) in weights.Tensors)
        {
            var copy = empty([.. weight.Shape.Select(dimension => (long)dimension)], float32);
            weight.Values.Span.CopyTo(TensorMemory.Floats(copy));
            _weights.Add(name, copy);
        }

        _blocks = [.. Enumerable.Range(0, _config.LayerCount).Select(layer => $"transformer.h.{layer}.")];
        long[] shape = [1, _config.HeadCount, _config.ContextLength, _config.HeadSize];
        _cache = [.. _blocks.Select(_ => (zeros(shape), zeros(shape)))];
    }

    /// <summary>Reads tokens.</summary>
    /// <param name="tokens">One, or a whole prompt from position 0 on: only then does the causal mask of libtorch fit.</param>
    /// <param name="position">The position of the first; those before are in the cache.</param>
    /// <param name="logits">Receives the logits after the last, (V).</param>
    public void Append(ReadOnlySpan<int> tokens, int position, Span<float> logits)
    {
        if (tokens.Length > 1 && position > 0) throw new ArgumentException("A prompt is read from position 0 on.", nameof(position));
        using var noGradient = inference_mode();
        using var scope = NewDisposeScope();
        var rows = tokens.Length;
        var ids = empty([rows], int64);
        for (var r = 0; r < rows; r++) TensorMemory.Longs(ids)[r] = tokens[r];
        var embedding = _weights["transformer.wte.weight"];
        var x = embedding.index_select(0, ids) + _weights["transformer.wpe.weight"].narrow(0, position, rows); // (R, C)
        for (var layer = 0; layer < _blocks.Length; layer++)
        {
            var block = _blocks[layer];
            var attended = Attention(Linear(Norm(x, block + "ln_1"), block + "attn.c_attn"), layer, position);
            x = x + Linear(attended, block + "attn.c_proj");
            var expanded = gelu(Linear(Norm(x, block + "ln_2"), block + "mlp.c_fc"), TorchSharp.Modules.GELU.Approximate.tanh);
            x = x + Linear(expanded, block + "mlp.c_proj");
        }

        var last = Norm(x.narrow(0, rows - 1, 1), "transformer.ln_f");
        TensorMemory.Floats(linear(last, embedding)).CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights.Values) weight.Dispose();
        foreach (var (keys, values) in _cache)
        {
            keys.Dispose();
            values.Dispose();
        }
    }

    private Tensor Attention(Tensor projected, int layer, int position)
    {
        var rows = projected.shape[0];
        var parts = projected.view(1, rows, 3, _config.HeadCount, _config.HeadSize).permute(2, 0, 3, 1, 4).unbind(); // 3 × (1, H, R, D)
        var (keys, values) = _cache[layer];
        keys.narrow(2, position, rows).copy_(parts[1]);
        values.narrow(2, position, rows).copy_(parts[2]);
        var seen = position + rows;
        var attended = scaled_dot_product_attention(parts[0], keys.narrow(2, 0, seen), values.narrow(2, 0, seen), is_casual: rows > 1);
        return attended.transpose(1, 2).reshape(rows, _config.EmbeddingSize);
    }

    private Tensor Norm(Tensor x, string name) =>
        layer_norm(x, [_config.EmbeddingSize], _weights[name + ".weight"], _weights[name + ".bias"], NormEpsilon);

    private Tensor Linear(Tensor x, string name) => linear(x, _weights[name + ".weight"], _weights[name + ".bias"]);
}
