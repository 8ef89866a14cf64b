using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace TinyLM.Model.Architectures;

// B = batch, T = position, C = embedding size, V = vocabulary

/// <summary>GPT-2 as autograd sees it: pre-LayerNorm, tanh GELU, learned positions, tied head.</summary>
/// <remarks>Radford et al. 2019.</remarks>
internal sealed class TrainableGpt2 : TrainableModel
{
    private readonly BlockWeights[] _blocks;
    private readonly long[] _width;
    private readonly Weight _tokenEmbedding;
    private readonly Weight _positionEmbedding;
    private readonly Weight _finalGain;
    private readonly Weight _finalBias;

    /// <inheritdoc/>
    public TrainableGpt2(ModelConfig config, TrainableSetup setup)
        : base(config, setup)
    {
        _width = [config.EmbeddingSize];
        _tokenEmbedding = Parameters["transformer.wte.weight"];
        _positionEmbedding = Parameters["transformer.wpe.weight"];
        _finalGain = Parameters["transformer.ln_f.weight"];
        _finalBias = Parameters["transformer.ln_f.bias"];
        _blocks = [.. Enumerable.Range(0, config.LayerCount).Select(layer => new BlockWeights(Parameters, $"transformer.h.{layer}"))];
    }

    /// <inheritdoc/>
    protected override Weight Head => _tokenEmbedding;

    /// <inheritdoc/>
    protected override Tensor Embed(Tensor tokens)
    {
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        var x = EmbeddingFunction.Of(_tokenEmbedding, tokens.view(-1)).view(batch, length, -1).Plus(_positionEmbedding.Leaf.narrow(0, 0, length));
        return x.view(batch * length, -1);
    }

    /// <inheritdoc/>
    protected override Tensor Block(int layer, Tensor x, long batch, long length)
    {
        var block = _blocks[layer];
        var projected = Linear(Norm(x, block.AttentionGain, block.AttentionBias), block.QueryKeyValue, block.QueryKeyValueBias); // (B·T, 3C)
        var attended = Attention.Apply(projected, batch, length, Dropout, layer);
        x = Plus(x, Linear(attended, block.Projection, block.ProjectionBias), batch, Dropout.Place.Attention, layer);
        var expanded = Linear(Norm(x, block.FeedForwardGain, block.FeedForwardBias), block.Expansion, block.ExpansionBias);
        return Plus(x, Linear(Gelu(expanded), block.Contraction, block.ContractionBias), batch, Dropout.Place.FeedForward, layer);
    }

    /// <inheritdoc/>
    protected override Tensor FinalNorm(Tensor x) => Norm(x, _finalGain, _finalBias);

    private Tensor Norm(Tensor x, Weight gain, Weight bias)
    {
        if (Fused) return FusedLayerNorm.Of(x, gain, bias, Config.NormEpsilon, Bf16 ? bfloat16 : float32);
        var normed = layer_norm(x, _width, gain.Leaf, bias.Leaf, Config.NormEpsilon);
        return Bf16 ? normed.to(bfloat16) : normed;
    }

    private Tensor Gelu(Tensor x) => Fused ? FusedGelu.Of(x) : gelu(x, TorchSharp.Modules.GELU.Approximate.tanh);

    private sealed class BlockWeights(FlatParameters weights, string name)
    {
        public Weight AttentionGain { get; } = weights[$"{name}.ln_1.weight"];
        public Weight AttentionBias { get; } = weights[$"{name}.ln_1.bias"];
        public Weight QueryKeyValue { get; } = weights[$"{name}.attn.c_attn.weight"];
        public Weight QueryKeyValueBias { get; } = weights[$"{name}.attn.c_attn.bias"];
        public Weight Projection { get; } = weights[$"{name}.attn.c_proj.weight"];
        public Weight ProjectionBias { get; } = weights[$"{name}.attn.c_proj.bias"];
        public Weight FeedForwardGain { get; } = weights[$"{name}.ln_2.weight"];
        public Weight FeedForwardBias { get; } = weights[$"{name}.ln_2.bias"];
        public Weight Expansion { get; } = weights[$"{name}.mlp.c_fc.weight"];
        public Weight ExpansionBias { get; } = weights[$"{name}.mlp.c_fc.bias"];
        public Weight Contraction { get; } = weights[$"{name}.mlp.c_proj.weight"];
        public Weight ContractionBias { get; } = weights[$"{name}.mlp.c_proj.bias"];
    }
}
