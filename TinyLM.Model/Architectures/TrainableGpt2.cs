using System.Runtime.Intrinsics;
using TinyLM.Model.Architectures.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, H = heads, D = C / H, V = vocabulary

/// <summary>GPT-2 as autograd sees it: pre-LayerNorm, tanh GELU, learned positions, tied head.</summary>
/// <remarks>Radford et al. 2019; belongs to the thread that trains.</remarks>
internal sealed class TrainableGpt2 : IDisposable
{
    private const double NormEpsilon = 1e-5;

    private readonly Block[] _blocks;
    private readonly long[] _width;
    private readonly Tensor _tokenEmbedding;
    private readonly Tensor _positionEmbedding;
    private readonly Tensor _finalGain;
    private readonly Tensor _finalBias;
    private readonly bool _fused;
    private Tensor? _future;
    private AttentionKernel? _attention;
    private long _attentionLength;

    /// <param name="config">Its shape.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="shared">Whose weights it uses; null gives it its own, all zero.</param>
    public TrainableGpt2(ModelConfig config, Device device, FlatParameters? shared = null)
    {
        Config = config;
        _fused = device.type == DeviceType.CPU && Vector512.IsHardwareAccelerated;
        Parameters = new FlatParameters(Gpt2Weight.All(config), device, shared);
        _width = [config.EmbeddingSize];
        _tokenEmbedding = Parameters["transformer.wte.weight"];
        _positionEmbedding = Parameters["transformer.wpe.weight"];
        _finalGain = Parameters["transformer.ln_f.weight"];
        _finalBias = Parameters["transformer.ln_f.bias"];
        _blocks = [.. Enumerable.Range(0, config.LayerCount).Select(layer => new Block(Parameters, $"transformer.h.{layer}"))];
    }

    /// <summary>Its shape.</summary>
    public ModelConfig Config { get; }

    /// <summary>Its weights and gradients; owned here.</summary>
    public FlatParameters Parameters { get; }

    /// <summary>Whether matrix products are in bfloat16, over fp32 weights.</summary>
    public bool Bf16 { get; set; }

    /// <summary>Logits after each token.</summary>
    /// <param name="tokens">Ids, int64, (B, T); the caller keeps it.</param>
    /// <returns>(B·T, V), fp32 or bf16, in the caller's dispose scope.</returns>
    public Tensor Forward(Tensor tokens)
    {
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        var x = _tokenEmbedding.index_select(0, tokens.view(-1)).view(batch, length, -1).Plus(_positionEmbedding.narrow(0, 0, length));
        x = x.view(batch * length, -1); // (B·T, C)
        foreach (var block in _blocks)
        {
            x = x.Plus(Attention(block, Norm(x, block.AttentionGain, block.AttentionBias), batch, length));
            x = x.Plus(FeedForward(block, Norm(x, block.FeedForwardGain, block.FeedForwardBias)));
        }
        return Linear(Norm(x, _finalGain, _finalBias), _tokenEmbedding, null);
    }

    /// <summary>Mean loss over all tokens, in nats, as a scalar in the caller's dispose scope.</summary>
    /// <param name="tokens">Ids, int64, (B, T).</param>
    /// <param name="targets">The id that follows each, int64, (B, T).</param>
    /// <param name="divisor">Tokens to divide the summed loss by, where these are part of a larger batch; null: the number of these.</param>
    public Tensor Loss(Tensor tokens, Tensor targets, long? divisor = null)
    {
        var logits = Forward(tokens);
        var count = targets.numel();
        if (_fused) return FusedCrossEntropy.apply(logits, targets, divisor ?? count);
        var mean = cross_entropy(Bf16 ? logits.to(float32) : logits, targets.view(-1));
        return divisor is { } all && all != count ? mean.Times((double)count / all) : mean;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        _future?.Dispose();
        _attention?.Dispose();
    }

    private Tensor Norm(Tensor x, Tensor gain, Tensor bias)
    {
        var normed = layer_norm(x, _width, gain, bias, NormEpsilon);
        return Bf16 ? normed.to(bfloat16) : normed;
    }

    private Tensor Linear(Tensor x, Tensor weight, Tensor? bias) =>
        Bf16 ? linear(x, weight.to(bfloat16), bias?.to(bfloat16)) : linear(x, weight, bias);

    private Tensor FeedForward(Block block, Tensor x) =>
        Linear(Gelu(Linear(x, block.Expansion, block.ExpansionBias)), block.Contraction, block.ContractionBias);

    private Tensor Gelu(Tensor x) => _fused ? FusedGelu.apply(x) : gelu(x, TorchSharp.Modules.GELU.Approximate.tanh);

    private Tensor Attention(Block block, Tensor x, long batch, long length)
    {
        var projected = Linear(x, block.QueryKeyValue, block.QueryKeyValueBias); // (B·T, 3C)
        return Linear(
            _fused && AttentionKernel.Supports(length)
                ? FusedAttention.apply(projected, Workspace(length), batch)
                : Attended(projected.view(batch, length, 3, Config.HeadCount, Config.HeadSize), batch, length),
            block.Projection, block.ProjectionBias);
    }

    private AttentionKernel Workspace(long length)
    {
        if (_attention is not null && _attentionLength == length) return _attention;
        _attention?.Dispose();
        _attentionLength = length;
        return _attention = new AttentionKernel((int)length, Config.HeadCount, Config.HeadSize);
    }

    private Tensor Attended(Tensor qkv, long batch, long length)
    {
        var query = qkv.select(2, 0).transpose(1, 2); // (B, H, T, D)
        var key = qkv.select(2, 1).transpose(1, 2);
        var value = qkv.select(2, 2).transpose(1, 2);
        var attended = Bf16 && length <= 256 ? WrittenOut(query, key, value, length) : Fused(query, key, value);
        return attended.transpose(1, 2).reshape(batch * length, -1);
    }

    /// <summary>In fp32: fused attention is three times slower backward in bf16 on the CPU.</summary>
    private static Tensor Fused(Tensor query, Tensor key, Tensor value)
    {
        var type = query.dtype;
        return scaled_dot_product_attention(query.to(float32), key.to(float32), value.to(float32), is_casual: true).to(type);
    }

    /// <summary>In bf16, with the scores in memory: the faster way for short sequences.</summary>
    private Tensor WrittenOut(Tensor query, Tensor key, Tensor value, long length)
    {
        if (_future is null || _future.shape[0] != length)
        {
            _future?.Dispose();
            _future = ones([length, length], @bool, query.device).triu(1).DetachFromDisposeScope();
        }
        var scores = query.matmul(key.transpose(2, 3)).Times(1 / Math.Sqrt(Config.HeadSize));
        using var never = float.NegativeInfinity.ToScalar();
        return scores.masked_fill(_future, never).softmax(-1).matmul(value);
    }

    private sealed class Block(FlatParameters weights, string name)
    {
        public Tensor AttentionGain { get; } = weights[$"{name}.ln_1.weight"];
        public Tensor AttentionBias { get; } = weights[$"{name}.ln_1.bias"];
        public Tensor QueryKeyValue { get; } = weights[$"{name}.attn.c_attn.weight"];
        public Tensor QueryKeyValueBias { get; } = weights[$"{name}.attn.c_attn.bias"];
        public Tensor Projection { get; } = weights[$"{name}.attn.c_proj.weight"];
        public Tensor ProjectionBias { get; } = weights[$"{name}.attn.c_proj.bias"];
        public Tensor FeedForwardGain { get; } = weights[$"{name}.ln_2.weight"];
        public Tensor FeedForwardBias { get; } = weights[$"{name}.ln_2.bias"];
        public Tensor Expansion { get; } = weights[$"{name}.mlp.c_fc.weight"];
        public Tensor ExpansionBias { get; } = weights[$"{name}.mlp.c_fc.bias"];
        public Tensor Contraction { get; } = weights[$"{name}.mlp.c_proj.weight"];
        public Tensor ContractionBias { get; } = weights[$"{name}.mlp.c_proj.bias"];
    }
}
