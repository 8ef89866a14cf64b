using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, K = width of all keys of a token, M = width inside the feed-forward layer

/// <summary>Llama as autograd sees it: pre-RMSNorm, rotary positions, grouped queries, SwiGLU, no biases.</summary>
/// <remarks>Touvron et al. 2023, https://arxiv.org/abs/2302.13971; grouped queries as in Llama 2, https://arxiv.org/abs/2307.09288.</remarks>
internal sealed class TrainableLlama : TrainableModel
{
    private readonly BlockWeights[] _blocks;
    private readonly Weight _tokenEmbedding;
    private readonly Weight _finalGain;
    private readonly Weight _head;

    /// <inheritdoc/>
    public TrainableLlama(ModelConfig config, TrainableSetup setup)
        : base(config, setup)
    {
        _tokenEmbedding = Parameters["model.embed_tokens.weight"];
        _finalGain = Parameters["model.norm.weight"];
        _head = config.TiedHead ? _tokenEmbedding : Parameters[LlamaLayout.Head];
        _blocks = [.. Enumerable.Range(0, config.LayerCount).Select(layer => new BlockWeights(Parameters, $"model.layers.{layer}"))];
    }

    /// <inheritdoc/>
    protected override Weight Head => _head;

    /// <inheritdoc/>
    protected override Tensor Embed(Tensor tokens) => EmbeddingFunction.Of(_tokenEmbedding, tokens.view(-1));

    /// <inheritdoc/>
    protected override Tensor Block(int layer, Tensor x, long batch, long length)
    {
        var block = _blocks[layer];
        var projected = Linear(Norm(x, block.AttentionGain), block.QueryKeyValue); // (B·T, C + 2K)
        var attended = Attention.Apply(projected, batch, length, Dropout, layer);
        x = Plus(x, Linear(attended, block.Projection), batch, Dropout.Place.Attention, layer);
        var expanded = Linear(Norm(x, block.FeedForwardGain), block.GateAndExpansion); // (B·T, 2M)
        return Plus(x, Linear(SwiGlu(expanded), block.Contraction), batch, Dropout.Place.FeedForward, layer);
    }

    /// <inheritdoc/>
    protected override Tensor FinalNorm(Tensor x) => Norm(x, _finalGain);

    private Tensor Norm(Tensor x, Weight gain)
    {
        if (Fused) return FusedRmsNorm.Apply(x, gain.Leaf, Config.NormEpsilon, Bf16 ? bfloat16 : float32);
        var normed = x.mul(x.square().mean([-1], keepdim: true).Plus(Config.NormEpsilon).rsqrt()).mul(gain.Leaf);
        return Bf16 ? normed.to(bfloat16) : normed;
    }

    private Tensor SwiGlu(Tensor x)
    {
        if (Fused) return FusedSwiGlu.Apply(x);
        var halves = x.chunk(2, -1);
        return silu(halves[0]).mul(halves[1]);
    }

    private sealed class BlockWeights(FlatParameters weights, string name)
    {
        public Weight AttentionGain { get; } = weights[$"{name}.input_layernorm.weight"];
        public Weight QueryKeyValue { get; } = weights.Stack($"{name}.self_attn.q_proj.weight", $"{name}.self_attn.k_proj.weight", $"{name}.self_attn.v_proj.weight");
        public Weight Projection { get; } = weights[$"{name}.self_attn.o_proj.weight"];
        public Weight FeedForwardGain { get; } = weights[$"{name}.post_attention_layernorm.weight"];
        public Weight GateAndExpansion { get; } = weights.Stack($"{name}.mlp.gate_proj.weight", $"{name}.mlp.up_proj.weight");
        public Weight Contraction { get; } = weights[$"{name}.mlp.down_proj.weight"];
    }
}
