namespace TinyLM.Model.Inference;

// V = vocabulary, T = context length

/// <summary>One reading of a text: the tokens appended so far, with their keys and values kept, so that each is computed once.</summary>
/// <remarks>For one thread at a time. Memory: 2 · layers · C · T numbers once the context is full.</remarks>
public sealed class InferenceSession
{
    /// <summary>Tokens that go through a layer together: enough to use each weight many times while it is near.</summary>
    internal const int BlockLength = 64;

    private readonly DecoderNetwork _network;
    private readonly IActivationHook? _hook;
    private readonly KeyValueCache _cache;
    private readonly AlignedFloats _logits;
    private Workspace _workspace;

    internal InferenceSession(DecoderNetwork network, IActivationHook? hook)
    {
        (_network, _hook) = (network, hook);
        _cache = network.CreateCache();
        _workspace = network.CreateWorkspace(maxRows: 1, hook);
        _logits = new AlignedFloats(network.Config.VocabularySize);
    }

    /// <summary>Who reads.</summary>
    internal DecoderNetwork Network => _network;

    /// <summary>Whether somebody looks on; such a session reads alone.</summary>
    internal bool IsHooked => _hook is not null;

    /// <summary>Number of tokens read: the position of the next.</summary>
    public int Position { get; private set; }

    /// <summary>Logits after the last token that was read for them, (V); valid until the session is used again.</summary>
    public ReadOnlySpan<float> Logits => _logits.Span;

    /// <summary>Reads tokens and says what may follow the last.</summary>
    /// <param name="tokens">At least one; all ids below the vocabulary size, no more than the context still holds.</param>
    /// <returns>Logits after the last token, (V); valid until the session is used again.</returns>
    /// <exception cref="ArgumentException">No token, an id outside of the vocabulary, or more tokens than fit; nothing was read.</exception>
    public ReadOnlySpan<float> Append(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty) throw new ArgumentException("There is no token to read; logits follow at least one.", nameof(tokens));
        Check(tokens);
        var rows = 0;
        for (; !tokens.IsEmpty; tokens = tokens[rows..])
        {
            rows = Math.Min(tokens.Length, BlockLength);
            Read(tokens[..rows]);
        }

        var last = _workspace.Residual(rows).Slice(rows - 1, 1);
        _network.ApplyHead(last, _workspace.Normed(1), new Rows(_logits.Span, _logits.Length, 1));
        return _logits.Span;
    }

    /// <summary>Reads tokens and says what may follow each.</summary>
    /// <param name="tokens">As for <see cref="Append"/>, and none is allowed.</param>
    /// <returns>Logits after each token, (tokens, V), row-major.</returns>
    /// <exception cref="ArgumentException">An id outside of the vocabulary, or more tokens than fit; nothing was read.</exception>
    public float[] AppendAll(ReadOnlySpan<int> tokens)
    {
        Check(tokens);
        var vocabulary = _network.Config.VocabularySize;
        var logits = new float[checked(tokens.Length * vocabulary)];
        for (var first = 0; first < tokens.Length; first += BlockLength)
        {
            var rows = Math.Min(tokens.Length - first, BlockLength);
            Read(tokens.Slice(first, rows));
            _network.ApplyHead(
                _workspace.Residual(rows), _workspace.Normed(rows), new Rows(logits.AsSpan(first * vocabulary), vocabulary, rows));
        }

        return logits;
    }

    /// <summary>Forgets the tokens from a position on, as if they had never been read.</summary>
    /// <param name="position">Number of tokens to keep, at most <see cref="Position"/>.</param>
    public void Rewind(int position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
        Position = position;
    }

    /// <summary>The next tokens as rows that go through the layers with those of other texts.</summary>
    internal Passage PassageOf(int firstRow, int count) => new(firstRow, count, Position, _cache);

    /// <summary>Takes note that a batch read tokens.</summary>
    internal void Advance(int count) => Position += count;

    /// <summary>Takes over the logits that a batch computed.</summary>
    internal void TakeLogits(ReadOnlySpan<float> logits) => logits.CopyTo(_logits.Span);

    /// <summary>Refuses tokens that cannot be read.</summary>
    internal void Check(ReadOnlySpan<int> tokens)
    {
        var config = _network.Config;
        if (tokens.Length > config.ContextLength - Position)
            throw new ArgumentException(
                $"{tokens.Length} tokens do not fit: {Position} of the context's {config.ContextLength} are taken. Rewind, or read fewer.",
                nameof(tokens));
        foreach (var token in tokens)
            if ((uint)token >= (uint)config.VocabularySize)
                throw new ArgumentException(
                    $"There is no token {token}; the model's vocabulary is 0 to {config.VocabularySize - 1}. Is this its tokenizer?",
                    nameof(tokens));
    }

    /// <summary>Takes tokens through all blocks; leaves the residual stream in the workspace.</summary>
    private void Read(ReadOnlySpan<int> tokens)
    {
        var rows = tokens.Length;
        if (rows > _workspace.MaxRows) _workspace = _network.CreateWorkspace(BlockLength, _hook);
        _network.Embed(tokens, Position, _workspace.Residual(rows));
        for (var layer = 0; layer < _network.Config.LayerCount; layer++)
            _network.ApplyBlock(layer, rows, [PassageOf(0, rows)], _workspace);
        Position += rows;
    }
}
