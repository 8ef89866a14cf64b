using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Inference;

// C = embedding size, H = heads, D = C / H, K = width of all keys of a token, M = width inside the feed-forward layer
// V = vocabulary, T = context length, R = rows (tokens read at once)

/// <summary>Llama's forward pass.</summary>
/// <remarks>Touvron et al. 2023, https://arxiv.org/abs/2302.13971; grouped queries as in Llama 2, https://arxiv.org/abs/2307.09288.</remarks>
internal sealed class LlamaNetwork : DecoderNetwork
{
    private readonly ReadOnlyMemory<float> _tokenEmbedding; // (V, C)
    private readonly Block[] _blocks;
    private readonly RotaryPositions _positions;
    private readonly RmsNorm _finalNorm;
    private readonly PackedMatrix _head;

    public LlamaNetwork(ModelWeights weights, PanelKernel kernel)
        : base(weights.Config, kernel)
    {
        var (width, keys, inner) = (Config.EmbeddingSize, Config.KeyValueSize, Config.ActualFeedForwardSize);
        var named = new NamedWeights(weights);
        var memory = WeightMemory.For(weights, kernel.WeightFormat);
        _positions = new RotaryPositions(Config);
        _tokenEmbedding = named.Take("model.embed_tokens.weight", Config.VocabularySize, width);
        _blocks = [.. Enumerable.Range(0, Config.LayerCount).Select(layer => CreateBlock($"model.layers.{layer}"))];
        _finalNorm = Norm("model.norm");
        var head = Config.TiedHead ? _tokenEmbedding : named.Take("lm_head.weight", Config.VocabularySize, width);
        _head = new PackedMatrix(kernel, head.Span, Config.VocabularySize, width, bias: default, memory);
        named.EnsureAllTaken();

        Block CreateBlock(string name) => new(
            Norm($"{name}.input_layernorm"),
            Linear(width, ($"{name}.self_attn.q_proj", width), ($"{name}.self_attn.k_proj", keys), ($"{name}.self_attn.v_proj", keys)),
            Linear(width, ($"{name}.self_attn.o_proj", width)),
            Norm($"{name}.post_attention_layernorm"),
            Linear(width, ($"{name}.mlp.gate_proj", inner), ($"{name}.mlp.up_proj", inner)),
            Linear(inner, ($"{name}.mlp.down_proj", width)));

        RmsNorm Norm(string name) => new(named.Take($"{name}.weight", width), (float)Config.NormEpsilon);

        // Matrices that read the same input become one.
        PackedMatrix Linear(int inputs, params (string Name, int Outputs)[] parts)
        {
            var stacked = new float[checked(parts.Sum(part => part.Outputs) * inputs)];
            var rest = stacked.AsSpan();
            foreach (var (name, outputs) in parts)
            {
                named.Take($"{name}.weight", outputs, inputs).Span.CopyTo(rest);
                rest = rest[(outputs * inputs)..];
            }
            return new PackedMatrix(kernel, stacked, stacked.Length / inputs, inputs, bias: default, memory);
        }
    }

    public override ReadOnlyMemory<float> TokenEmbeddings => _tokenEmbedding;

    public override ReadOnlyMemory<float> PositionEmbeddings => default;

    public override Workspace CreateWorkspace(int maxRows, IActivationHook? hook) =>
        new(maxRows, Config.EmbeddingSize, Config.EmbeddingSize + 2 * Config.KeyValueSize, 2 * Config.ActualFeedForwardSize, Config.ContextLength) { Hook = hook };

    public override KeyValueCache CreateCache() =>
        new(Kernel, Config.LayerCount, Config.ActualKeyValueHeadCount, Config.HeadSize, Config.ContextLength);

    public override void Embed(ReadOnlySpan<int> tokens, int position, Rows residual)
    {
        var width = Config.EmbeddingSize;
        for (var r = 0; r < tokens.Length; r++) _tokenEmbedding.Span.Slice(tokens[r] * width, width).CopyTo(residual[r]);
    }

    public override void ApplyBlock(int layer, int rows, ReadOnlySpan<Passage> passages, Workspace workspace)
    {
        var block = _blocks[layer];
        var (width, keys, inner) = (Config.EmbeddingSize, Config.KeyValueSize, Config.ActualFeedForwardSize);
        var residual = workspace.Residual(rows);
        var normed = workspace.Normed(rows);

        var queryKeyValue = workspace.QueryKeyValue(rows);
        block.AttentionNorm.Apply(residual, normed);
        workspace.Visit(ActivationSite.AttentionNorm, layer, passages, normed, width);
        block.QueryKeyValue.Apply(normed, queryKeyValue);
        foreach (var passage in passages)
            _positions.Apply(passage.Of(queryKeyValue), Config.HeadCount + Config.ActualKeyValueHeadCount, passage.Position); // keys lie behind the queries
        workspace.Visit(ActivationSite.Query, layer, passages, queryKeyValue, width);
        workspace.Visit(ActivationSite.Key, layer, passages, queryKeyValue.FromColumn(width), keys);
        workspace.Visit(ActivationSite.Value, layer, passages, queryKeyValue.FromColumn(width + keys), keys);
        var attended = workspace.Attended(rows);
        foreach (var passage in passages)
        {
            var own = passage.Of(queryKeyValue);
            passage.Cache.Store(layer, passage.Position, own.FromColumn(width), own.FromColumn(width + keys));
            CausalAttention.Apply(
                Kernel, passage.Cache, layer, Config.HeadCount, Config.ActualKeyValueHeadCount, Config.HeadSize, own, passage.Position,
                workspace.Scores, passage.Of(attended));
        }

        workspace.Visit(ActivationSite.HeadOutput, layer, passages, attended, width);
        workspace.Join(ActivationSite.AttentionOutput, layer, passages, block.AttentionProjection, attended, residual);
        workspace.Visit(ActivationSite.MiddleResidual, layer, passages, residual, width);

        var expanded = workspace.Expanded(rows);
        block.FeedForwardNorm.Apply(residual, normed);
        workspace.Visit(ActivationSite.FeedForwardNorm, layer, passages, normed, width);
        block.GateAndExpansion.Apply(normed, expanded);
        workspace.Visit(ActivationSite.Gate, layer, passages, expanded, inner);
        workspace.Visit(ActivationSite.Expansion, layer, passages, expanded.FromColumn(inner), inner);
        for (var r = 0; r < rows; r++) Nonlinearity.SwiGlu(expanded[r][..inner], expanded[r][inner..]);
        workspace.Visit(ActivationSite.Activation, layer, passages, expanded, inner);
        workspace.Join(ActivationSite.FeedForwardOutput, layer, passages, block.Contraction, expanded, residual);
        workspace.Visit(ActivationSite.Residual, layer, passages, residual, width);
    }

    public override void ApplyHead(Rows residual, Rows normed, Rows logits)
    {
        _finalNorm.Apply(residual, normed);
        _head.Apply(normed, logits);
    }

    private sealed record Block(
        RmsNorm AttentionNorm,
        PackedMatrix QueryKeyValue,
        PackedMatrix AttentionProjection,
        RmsNorm FeedForwardNorm,
        PackedMatrix GateAndExpansion,
        PackedMatrix Contraction);
}
