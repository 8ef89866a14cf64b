using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Inspection;

// T = tokens, C = embedding size, D = size of a head, V = vocabulary, L = layers

/// <summary>One forward pass over a prompt, with every number on the way at hand: what <see cref="InferenceSession"/> computes, by the same code.</summary>
/// <remarks>
/// Kept are the residual stream between the blocks, the queries, and the keys and values: (L + 1) · T · C + 3 · L · T · C numbers. All
/// else is computed again from these when it is asked for, in the same order of operations and so to the same bits: a whole trace of
/// GPT-2 over 1,024 tokens would take 2 GB. For one thread at a time.
/// </remarks>
public sealed class ForwardTrace
{
    private static readonly HashSet<ActivationSite> s_kept = [ActivationSite.Query, ActivationSite.Residual];

    private readonly DecoderNetwork _network;
    private readonly IReadOnlyList<Intervention> _interventions;
    private readonly KeyValueCache _cache;
    private readonly KeyValueCache[] _read; // whose keys and values the blocks read: an earlier trace's, where nothing has changed
    private readonly ActivationTable[] _residuals; // [0] embeddings, [l + 1] after block l
    private readonly ActivationTable[] _queries;
    private BlockTrace? _block;

    private ForwardTrace(LanguageModel model, int[] tokens, IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken)
    {
        (Model, Tokens, _network, _interventions) = (model, tokens, model.Network, interventions);
        _cache = _network.CreateCache();
        var layers = Config.LayerCount;
        var embedded = new ActivationTable(new float[checked(tokens.Length * Config.EmbeddingSize)], tokens.Length, Config.EmbeddingSize);
        _network.Embed(tokens, 0, RowsOf(embedded));
        (_residuals, _queries, _read) = (new ActivationTable[layers + 1], new ActivationTable[layers], new KeyValueCache[layers]);
        _residuals[0] = embedded;
        ApplyBlocks(first: 0, cancellationToken);
    }

    private ForwardTrace(ForwardTrace plain, IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken)
    {
        (Model, Tokens, _network, _interventions) = (plain.Model, plain.Tokens, plain._network, interventions);
        _cache = _network.CreateCache();
        (_residuals, _queries, _read) = ([.. plain._residuals], [.. plain._queries], [.. plain._read]);
        ApplyBlocks(interventions.Min(one => one.Layer), cancellationToken);
    }

    /// <summary>The model that read.</summary>
    public LanguageModel Model { get; }

    /// <summary>Its shape.</summary>
    public ModelConfig Config => Model.Config;

    /// <summary>What it read.</summary>
    public IReadOnlyList<int> Tokens { get; }

    /// <summary>Reads a prompt.</summary>
    /// <param name="model">The reader.</param>
    /// <param name="tokens">At least one, at most a context; all ids below the vocabulary size.</param>
    /// <param name="interventions">Changes to make on the way, in order; none if null.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <exception cref="ArgumentException">No token, too many, one outside of the vocabulary, or an intervention at a place that the model does not have.</exception>
    public static ForwardTrace Run(
        LanguageModel model, IReadOnlyList<int> tokens, IReadOnlyList<Intervention>? interventions = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokens);
        var config = model.Config;
        if (tokens.Count == 0) throw new ArgumentException("There is no token to read.", nameof(tokens));
        if (tokens.Count > config.ContextLength) throw new ArgumentException($"{tokens.Count} tokens do not fit into the context of {config.ContextLength}.", nameof(tokens));
        foreach (var token in tokens)
            if ((uint)token >= (uint)config.VocabularySize)
                throw new ArgumentException($"There is no token {token}; the model's vocabulary is 0 to {config.VocabularySize - 1}. Is this its tokenizer?", nameof(tokens));
        interventions ??= [];
        Intervention.EnsureSound(interventions, config);
        return new ForwardTrace(model, [.. tokens], interventions, cancellationToken);
    }

    /// <summary>The same prompt with changes: what lies below the first of them is not computed again.</summary>
    /// <param name="interventions">The changes, in order; none gives the trace itself.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <exception cref="ArgumentException">A change at a place that the model does not have.</exception>
    /// <exception cref="InvalidOperationException">This trace has changes of its own.</exception>
    public ForwardTrace With(IReadOnlyList<Intervention> interventions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(interventions);
        if (_interventions.Count > 0) throw new InvalidOperationException("A trace with changes takes no more; begin from the plain one.");
        Intervention.EnsureSound(interventions, Config);
        return interventions.Count == 0 ? this : new ForwardTrace(this, interventions, cancellationToken);
    }

    /// <summary>The residual stream, (T, C).</summary>
    /// <param name="depth">0 for what the first block reads, l for what block l − 1 leaves, L for what the final norm reads.</param>
    public ActivationTable Residual(int depth) => _residuals[depth];

    /// <summary>Every intermediate of a block.</summary>
    /// <param name="layer">Which; the one that was asked for last is kept.</param>
    public BlockTrace Block(int layer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)layer, (uint)Config.LayerCount, nameof(layer));
        if (_block?.Layer != layer) _block = new BlockTrace(layer, ApplyBlock(layer, wanted: null, CancellationToken.None).Of(layer));
        return _block;
    }

    /// <summary>How much each token attends to each up to itself in one head: rows sum to 1, and nothing lies above the diagonal.</summary>
    /// <param name="layer">Which block.</param>
    /// <param name="head">Which of its heads.</param>
    /// <returns>(T, T): a row for each query, a column for each key.</returns>
    public ActivationTable Attention(int layer, int head) => Attention(layer, head, 0, Tokens.Count);

    /// <summary>The rows of <see cref="Attention(int, int)"/> that belong to some queries.</summary>
    /// <param name="layer">Which block.</param>
    /// <param name="head">Which of its heads.</param>
    /// <param name="first">The first query.</param>
    /// <param name="count">How many queries.</param>
    /// <returns>(count, T).</returns>
    public ActivationTable Attention(int layer, int head, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)Config.HeadCount, nameof(head));
        var table = new ActivationTable(new float[checked(count * Tokens.Count)], count, Tokens.Count);
        var queries = RowsOf(_queries[layer]).FromColumn(head * Config.HeadSize).Slice(first, count);
        for (var start = 0; start < count; start += CausalAttention.QueryBlock)
        {
            var rows = Math.Min(CausalAttention.QueryBlock, count - start);
            CausalAttention.Weigh(
                _network.Kernel, _read[layer].Keys(layer, KeyValueHeadOf(head), first + start + rows), queries.Slice(start, rows), Config.HeadSize, RowsOf(table).Slice(start, rows));
        }

        return table;
    }

    /// <summary>The scores of one head before mask and softmax: q · k / √D of every pair, those that the mask hides too.</summary>
    /// <returns>(T, T).</returns>
    public ActivationTable Scores(int layer, int head)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)head, (uint)Config.HeadCount, nameof(head));
        var count = Tokens.Count;
        var table = new ActivationTable(new float[checked(count * count)], count, count);
        _network.Kernel.MultiplyAdd(RowsOf(_queries[layer]).FromColumn(head * Config.HeadSize), _read[layer].Keys(layer, KeyValueHeadOf(head), count), RowsOf(table));
        System.Numerics.Tensors.TensorPrimitives.Divide(table.Values, MathF.Sqrt(Config.HeadSize), table.Values);
        return table;
    }

    /// <summary>What the model would say may follow, were the blocks from a depth on passed over; at depth L, what it says.</summary>
    /// <param name="depth">From 0, the embeddings, to L.</param>
    /// <param name="first">The first position.</param>
    /// <param name="count">How many positions.</param>
    /// <returns>Logits, (count, V).</returns>
    /// <remarks>The logit lens: nostalgebraist 2020, "interpreting GPT: the logit lens".</remarks>
    public ActivationTable Logits(int depth, int first, int count) => Head(depth, first, count).Logits;

    /// <summary>The residual stream at a depth after the final norm, (count, C).</summary>
    public ActivationTable FinalNorm(int depth, int first, int count) => Head(depth, first, count).Normed;

    /// <summary>Which head of keys and values a head of queries reads: itself, unless several share one.</summary>
    public int KeyValueHeadOf(int head) => head / (Config.HeadCount / Config.ActualKeyValueHeadCount);

    private (ActivationTable Normed, ActivationTable Logits) Head(int depth, int first, int count)
    {
        var normed = new ActivationTable(new float[count * Config.EmbeddingSize], count, Config.EmbeddingSize);
        var logits = new ActivationTable(new float[checked(count * Config.VocabularySize)], count, Config.VocabularySize);
        _network.ApplyHead(RowsOf(_residuals[depth]).Slice(first, count), RowsOf(normed), RowsOf(logits));
        return (normed, logits);
    }

    private void ApplyBlocks(int first, CancellationToken cancellationToken)
    {
        for (var layer = first; layer < Config.LayerCount; layer++)
        {
            var recorder = ApplyBlock(layer, s_kept, cancellationToken);
            (_residuals[layer + 1], _queries[layer], _read[layer]) = (recorder[ActivationSite.Residual, layer], recorder[ActivationSite.Query, layer], _cache);
        }
    }

    /// <summary>Takes the residual stream of a depth through its block, some tokens at a time, as a session does.</summary>
    private ActivationRecorder ApplyBlock(int layer, HashSet<ActivationSite>? wanted, CancellationToken cancellationToken)
    {
        var recorder = new ActivationRecorder(Tokens.Count, wanted);
        var workspace = _network.CreateWorkspace(Math.Min(InferenceSession.BlockLength, Tokens.Count), new HookChain(_interventions, recorder));
        var input = RowsOf(_residuals[layer]);
        for (var first = 0; first < Tokens.Count; first += InferenceSession.BlockLength)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = Math.Min(InferenceSession.BlockLength, Tokens.Count - first);
            input.Slice(first, rows).Values[..(rows * Config.EmbeddingSize)].CopyTo(workspace.Residual(rows).Values);
            _network.ApplyBlock(layer, rows, [new Passage(0, rows, first, _cache)], workspace);
        }

        return recorder;
    }

    private static Rows RowsOf(ActivationTable table) => new(table.Values, table.Columns, table.Rows);
}
