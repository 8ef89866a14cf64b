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
    private readonly Tensor _tokenEmbedding;
    private readonly Tensor _positionEmbedding;
    private readonly Tensor _finalGain;
    private readonly Tensor _finalBias;

    /// <inheritdoc/>
    public TrainableGpt2(ModelConfig config, Device device, FlatParameters? shared, ScalarType type)
        : base(config, device, shared, type)
    {
        _width = [config.EmbeddingSize];
        _tokenEmbedding = Parameters["transformer.wte.weight"];
        _positionEmbedding = Parameters["transformer.wpe.weight"];
        _finalGain = Parameters["transformer.ln_f.weight"];
        _finalBias = Parameters["transformer.ln_f.bias"];
        _blocks = [.. Enumerable.Range(0, config.LayerCount).Select(layer => new BlockWeights(Parameters, $"transformer.h.{layer}"))];
    }

    /// <inheritdoc/>
    protected override Tensor Head => _tokenEmbedding;

    /// <inheritdoc/>
    protected override Tensor Embed(Tensor tokens)
    {
        var (batch, length) = (tokens.shape[0], tokens.shape[1]);
        var x = _tokenEmbedding.index_select(0, tokens.view(-1)).view(batch, length, -1).Plus(_positionEmbedding.narrow(0, 0, length));
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

    private Tensor Norm(Tensor x, Tensor gain, Tensor bias)
    {
        var normed = layer_norm(x, _width, gain, bias, Config.NormEpsilon);
        return Bf16 ? normed.to(bfloat16) : normed;
    }

    private Tensor Gelu(Tensor x) => Fused ? FusedGelu.apply(x) : gelu(x, TorchSharp.Modules.GELU.Approximate.tanh);

    private sealed class BlockWeights(FlatParameters weights, string name)
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
