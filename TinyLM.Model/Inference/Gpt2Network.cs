using System.Numerics.Tensors;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Model.Inference;

// C = embedding size, H = heads, D = C / H, V = vocabulary, T = context length, R = rows (tokens read at once)

/// <summary>GPT-2's forward pass.</summary>
/// <remarks>Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; the head is the embedding table.</remarks>
internal sealed class Gpt2Network : DecoderNetwork
{
    private readonly ReadOnlyMemory<float> _tokenEmbedding; // wte, (V, C)
    private readonly ReadOnlyMemory<float> _positionEmbedding; // wpe, (T, C)
    private readonly Block[] _blocks;
    private readonly LayerNorm _finalNorm;
    private readonly PackedMatrix _head;

    public Gpt2Network(ModelWeights weights, PanelKernel kernel)
        : base(weights.Config, kernel)
    {
        var (width, inner) = (Config.EmbeddingSize, Config.ActualFeedForwardSize);
        var named = new NamedWeights(weights);
        var memory = WeightMemory.For(weights, kernel.WeightFormat);
        _tokenEmbedding = named.Take("transformer.wte.weight", Config.VocabularySize, width);
        _positionEmbedding = named.Take("transformer.wpe.weight", Config.ContextLength, width);
        _blocks = [.. Enumerable.Range(0, Config.LayerCount).Select(layer => new Block(
            Norm($"transformer.h.{layer}.ln_1"),
            Linear($"transformer.h.{layer}.attn.c_attn", 3 * width, width),
            Linear($"transformer.h.{layer}.attn.c_proj", width, width),
            Norm($"transformer.h.{layer}.ln_2"),
            Linear($"transformer.h.{layer}.mlp.c_fc", inner, width),
            Linear($"transformer.h.{layer}.mlp.c_proj", width, inner)))];
        _finalNorm = Norm("transformer.ln_f");
        _head = new PackedMatrix(kernel, _tokenEmbedding.Span, Config.VocabularySize, width, bias: default, memory);
        named.EnsureAllTaken();

        LayerNorm Norm(string name) => new(named.Take($"{name}.weight", width), named.Take($"{name}.bias", width), (float)Config.NormEpsilon);

        PackedMatrix Linear(string name, int outputs, int inputs) =>
            new(kernel, named.Take($"{name}.weight", outputs, inputs).Span, outputs, inputs, named.Take($"{name}.bias", outputs), memory);
    }

    public override ReadOnlyMemory<float> TokenEmbeddings => _tokenEmbedding;

    public override ReadOnlyMemory<float> PositionEmbeddings => _positionEmbedding;

    public override Workspace CreateWorkspace(int maxRows, IActivationHook? hook) =>
        new(maxRows, Config.EmbeddingSize, 3 * Config.EmbeddingSize, Config.ActualFeedForwardSize, Config.ContextLength) { Hook = hook };

    public override KeyValueCache CreateCache() =>
        new(Kernel, Config.LayerCount, Config.HeadCount, Config.HeadSize, Config.ContextLength);

    public override void Embed(ReadOnlySpan<int> tokens, int position, Rows residual)
    {
        var width = Config.EmbeddingSize;
        for (var r = 0; r < tokens.Length; r++)
        {
            TensorPrimitives.Add(
                _tokenEmbedding.Span.Slice(tokens[r] * width, width),
                _positionEmbedding.Span.Slice((position + r) * width, width),
                residual[r]);
        }
    }

    public override void ApplyBlock(int layer, int rows, ReadOnlySpan<Passage> passages, Workspace workspace)
    {
        var block = _blocks[layer];
        var width = Config.EmbeddingSize;
        var residual = workspace.Residual(rows);
        var normed = workspace.Normed(rows);

        var queryKeyValue = workspace.QueryKeyValue(rows);
        block.AttentionNorm.Apply(residual, normed);
        workspace.Visit(ActivationSite.AttentionNorm, layer, passages, normed, width);
        block.QueryKeyValue.Apply(normed, queryKeyValue);
        workspace.Visit(ActivationSite.Query, layer, passages, queryKeyValue, width);
        workspace.Visit(ActivationSite.Key, layer, passages, queryKeyValue.FromColumn(width), width);
        workspace.Visit(ActivationSite.Value, layer, passages, queryKeyValue.FromColumn(2 * width), width);
        var attended = workspace.Attended(rows);
        foreach (var passage in passages)
        {
            var own = passage.Of(queryKeyValue);
            passage.Cache.Store(layer, passage.Position, own.FromColumn(width), own.FromColumn(2 * width));
            CausalAttention.Apply(
                Kernel, passage.Cache, layer, Config.HeadCount, Config.HeadCount, Config.HeadSize, own, passage.Position, workspace.Scores, passage.Of(attended));
        }

        workspace.Visit(ActivationSite.HeadOutput, layer, passages, attended, width);
        workspace.Join(ActivationSite.AttentionOutput, layer, passages, block.AttentionProjection, attended, residual);
        workspace.Visit(ActivationSite.MiddleResidual, layer, passages, residual, width);

        var expanded = workspace.Expanded(rows);
        block.FeedForwardNorm.Apply(residual, normed);
        workspace.Visit(ActivationSite.FeedForwardNorm, layer, passages, normed, width);
        block.Expansion.Apply(normed, expanded);
        workspace.Visit(ActivationSite.Expansion, layer, passages, expanded, expanded.Stride);
        Nonlinearity.Gelu(expanded.Values[..(rows * expanded.Stride)]);
        workspace.Visit(ActivationSite.Activation, layer, passages, expanded, expanded.Stride);
        workspace.Join(ActivationSite.FeedForwardOutput, layer, passages, block.FeedForwardProjection, expanded, residual);
        workspace.Visit(ActivationSite.Residual, layer, passages, residual, width);
    }

    public override void ApplyHead(Rows residual, Rows normed, Rows logits)
    {
        _finalNorm.Apply(residual, normed);
        _head.Apply(normed, logits);
    }

    private sealed record Block(
        LayerNorm AttentionNorm,
        PackedMatrix QueryKeyValue,
        PackedMatrix AttentionProjection,
        LayerNorm FeedForwardNorm,
        PackedMatrix Expansion,
        PackedMatrix FeedForwardProjection);
}
