namespace TinyLM.Model.Inference;

// H = heads, G = heads of keys and values, D = size of a head

/// <summary>Causal multi-head attention of some positions over all up to themselves.</summary>
/// <remarks>Vaswani et al. 2017, section 3.2, https://arxiv.org/abs/1706.03762.</remarks>
internal static class CausalAttention
{
    /// <summary>Queries that share a pass over the keys; bounds the memory for scores.</summary>
    public const int QueryBlock = 16;

    /// <summary>y = softmax(q · Kᵀ / √D) · V, head by head.</summary>
    /// <param name="kernel">The product.</param>
    /// <param name="cache">Holds keys and values of every position that is read here.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="headCount">H.</param>
    /// <param name="keyValueHeadCount">G, a divisor of H: each is shared by as many heads of queries.</param>
    /// <param name="headSize">D.</param>
    /// <param name="queries">(rows, H · D) of consecutive positions.</param>
    /// <param name="position">The position of the first row.</param>
    /// <param name="scores">Scratch of (<see cref="QueryBlock"/>, the cache's capacity).</param>
    /// <param name="y">(rows, H · D).</param>
    public static void Apply(
        PanelKernel kernel, KeyValueCache cache, int layer, int headCount, int keyValueHeadCount, int headSize, Rows queries, int position, Rows scores, Rows y)
    {
        var group = headCount / keyValueHeadCount;
        for (var head = 0; head < headCount; head++)
        {
            // The heads of one position that share keys are rows of one product; several positions are, head by head.
            var (shared, column) = (head / group, head * headSize);
            if (queries.Count == 1)
            {
                var heads = Math.Min(QueryBlock, (shared + 1) * group - head);
                Attend(kernel, cache, layer, shared, headSize, HeadsOf(queries, column, headSize, heads), position + 1, positions: 1, scores.Slice(0, heads), HeadsOf(y, column, headSize, heads));
                head += heads - 1;
                continue;
            }

            for (var first = 0; first < queries.Count; first += QueryBlock)
            {
                var rows = Math.Min(QueryBlock, queries.Count - first);
                Attend(
                    kernel, cache, layer, shared, headSize, queries.Slice(first, rows).FromColumn(column), position + first + rows, rows,
                    scores.Slice(0, rows), y.Slice(first, rows).FromColumn(column));
            }
        }
    }

    /// <summary>Heads of one position as rows.</summary>
    private static Rows HeadsOf(Rows position, int column, int headSize, int count) => new(position.Values[column..], headSize, count);

    private static void Attend(PanelKernel kernel, KeyValueCache cache, int layer, int shared, int headSize, Rows queries, int seen, int positions, Rows weights, Rows y)
    {
        Weigh(kernel, cache.Keys(layer, shared, seen), queries, positions, headSize, weights);
        for (var r = 0; r < y.Count; r++) y.Values.Slice(r * y.Stride, headSize).Clear();
        cache.ValueKernel.MultiplyAdd(weights, cache.Values(layer, shared, seen), y);
    }

    /// <summary>softmax(q · Kᵀ / √D) of one head: how much each query attends to each position up to itself.</summary>
    /// <inheritdoc cref="Weigh(PanelKernel, Panels, Rows, int, int, Rows)"/>
    public static void Weigh(PanelKernel kernel, Panels keys, Rows queries, int headSize, Rows weights) => Weigh(kernel, keys, queries, queries.Count, headSize, weights);

    /// <summary>softmax(q · Kᵀ / √D): how much each query attends to each position up to its own.</summary>
    /// <param name="kernel">The product.</param>
    /// <param name="keys">The keys of all positions up to the last query's.</param>
    /// <param name="queries">(rows, from this head's D numbers on): of the last positions, one each, or all of the last.</param>
    /// <param name="positions">As many as there are queries, or 1.</param>
    /// <param name="headSize">D.</param>
    /// <param name="weights">(rows, at least the keys' positions); 0 where a position lies ahead of the query.</param>
    private static void Weigh(PanelKernel kernel, Panels keys, Rows queries, int positions, int headSize, Rows weights)
    {
        var scale = 1 / MathF.Sqrt(headSize);
        var (rows, seen) = (queries.Count, keys.Outputs);
        for (var r = 0; r < rows; r++) weights[r][..seen].Clear();
        kernel.MultiplyAdd(queries, keys, weights);
        for (var r = 0; r < rows; r++)
        {
            var future = positions == 1 ? seen : seen - rows + r + 1;
            Nonlinearity.Softmax(weights[r][..future], scale);
            weights[r][future..seen].Clear();
        }
    }
}
