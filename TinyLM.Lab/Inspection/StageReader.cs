using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

// T = tokens in view, C = embedding size, D = size of a head, M = width inside the feed-forward layer, V = vocabulary

/// <summary>The numbers of each stage from prompt to next token.</summary>
public static class StageReader
{
    /// <summary>Candidates that are shown of the whole vocabulary.</summary>
    public const int Candidates = 40;

    /// <summary>Reads a stage.</summary>
    /// <param name="trace">What happened.</param>
    /// <param name="stage">Key of the stage, one of the family's <see cref="Stages"/>.</param>
    /// <param name="layer">The block, for stages of a block.</param>
    /// <param name="head">Its head, for stages of a head.</param>
    /// <param name="window">The tokens in view.</param>
    /// <exception cref="ArgumentException">There is no such stage.</exception>
    public static IReadOnlyList<StageTable> Read(ForwardTrace trace, string stage, int layer, int head, TokenWindow window)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var config = trace.Config;
        return stage switch
        {
            "tokens" or "next" => [],
            "embedding" => [Named("token embeddings", Rows(trace.Model.TokenEmbeddings, window.Count, i => trace.Tokens[window.Start + i], config.EmbeddingSize))],
            "positions" => [Named("position embeddings", Rows(trace.Model.PositionEmbeddings, window.Count, i => window.Start + i, config.EmbeddingSize))],
            "sum" => [Residual("residual stream", 0)],
            "attention-norm" => [Site("normalised stream", ActivationSite.AttentionNorm)],
            "query" => [OfHead("queries", ActivationSite.Query, head)],
            "key" => [OfHead("keys", ActivationSite.Key, trace.KeyValueHeadOf(head))],
            "value" => [OfHead("values", ActivationSite.Value, trace.KeyValueHeadOf(head))],
            "scores" => [Square("scores", trace.Scores(layer, head), isFraction: false)],
            "mask" => [Square("masked scores", Masked(trace.Scores(layer, head)), isFraction: false)],
            "softmax" => [Square("attention", trace.Attention(layer, head), isFraction: true)],
            "weighted" => [Square("attention", trace.Attention(layer, head), isFraction: true), OfHead("values", ActivationSite.Value, trace.KeyValueHeadOf(head)), OfHead("what the head gathered", ActivationSite.HeadOutput, head)],
            "heads" => [Site("what all heads gathered", ActivationSite.HeadOutput)],
            "projection" => [Site("what attention adds", ActivationSite.AttentionOutput)],
            "middle" => [Residual("stream before", layer), Site("what attention adds", ActivationSite.AttentionOutput), Site("stream after", ActivationSite.MiddleResidual)],
            "mlp-norm" => [Site("normalised stream", ActivationSite.FeedForwardNorm)],
            "gate" => [Site("gate", ActivationSite.Gate)],
            "expansion" => [Site("expansion", ActivationSite.Expansion)],
            "activation" => [Site("activation", ActivationSite.Activation)],
            "mlp" => [Site("what the feed-forward layer adds", ActivationSite.FeedForwardOutput)],
            "residual" => [Site("stream before", ActivationSite.MiddleResidual), Site("what the feed-forward layer adds", ActivationSite.FeedForwardOutput), Residual("stream after", layer + 1)],
            "final" => [Residual("residual stream", config.LayerCount), Named("normalised stream", trace.FinalNorm(config.LayerCount, window.Start, window.Count))],
            "logits" or "probabilities" => [Last(stage)],
            _ => throw new ArgumentException($"There is no stage '{stage}'.", nameof(stage)),
        };

        StageTable Site(string name, ActivationSite site) => Named(name, Cut(trace.Block(layer)[site], window));

        StageTable OfHead(string name, ActivationSite site, int index) =>
            Named(name, Cut(trace.Block(layer)[site].SliceColumns(index * config.HeadSize, config.HeadSize), window));

        StageTable Residual(string name, int depth) => Named(name, Cut(trace.Residual(depth), window));

        StageTable Square(string name, ActivationTable table, bool isFraction)
        {
            var square = Cut(table, window).SliceColumns(window.Start, window.Count);
            return new StageTable($"{name} ({square.Rows} tokens × {square.Columns} tokens)", square, isFraction, ColumnsAreTokens: true);
        }

        StageTable Last(string name)
        {
            var logits = trace.Logits(config.LayerCount, trace.Tokens.Count - 1, 1);
            var likeliest = Predictions.Likeliest(logits.Values, Candidates);
            var isFraction = name == "probabilities";
            var probabilities = isFraction ? Predictions.Probabilities(logits.Values) : null;
            float[] values = [.. likeliest.Select(id => probabilities is null ? logits.Values[id] : (float)probabilities[id])];
            return new StageTable($"{name} of the likeliest (1 × {values.Length} of {config.VocabularySize})", new ActivationTable(values, 1, values.Length), isFraction);
        }
    }

    private static StageTable Named(string name, ActivationTable table) => new($"{name} ({table.Rows} tokens × {table.Columns})", table);

    private static ActivationTable Cut(ActivationTable table, TokenWindow window) =>
        table.Rows == window.Count ? table : new ActivationTable(table.Values.AsSpan(window.Start * table.Columns, window.Count * table.Columns).ToArray(), window.Count, table.Columns);

    private static ActivationTable Rows(ReadOnlyMemory<float> table, int count, Func<int, int> row, int width)
    {
        var rows = new ActivationTable(new float[count * width], count, width);
        for (var r = 0; r < count; r++) table.Span.Slice(row(r) * width, width).CopyTo(rows[r]);
        return rows;
    }

    private static ActivationTable Masked(ActivationTable scores)
    {
        for (var query = 0; query < scores.Rows; query++) scores[query][(query + 1)..].Fill(float.NegativeInfinity);
        return scores;
    }
}
