namespace TinyLM.Model.Inference;

// R = rows (tokens of all texts together), C = embedding size, V = vocabulary

/// <summary>Takes the next tokens of several sessions through the layers together, so that each weight is read once for all of them.</summary>
/// <remarks>
/// Every session reads what it would read alone, to the last bit. For one thread at a time, as are its sessions.
/// </remarks>
public sealed class SessionBatch
{
    /// <summary>Tokens at most that are read in one go.</summary>
    public const int MostRows = InferenceSession.BlockLength;

    private readonly DecoderNetwork _network;
    private readonly Workspace _workspace;
    private readonly AlignedFloats _lastRows;
    private AlignedFloats _logits = new(0);

    internal SessionBatch(DecoderNetwork network, IActivationHook? hook)
    {
        _network = network;
        _workspace = network.CreateWorkspace(MostRows, hook);
        _lastRows = new AlignedFloats(MostRows * network.Config.EmbeddingSize);
    }

    /// <summary>Reads tokens of several texts.</summary>
    /// <param name="parts">What each session reads; each session once, together at most <see cref="MostRows"/> tokens.</param>
    /// <exception cref="ArgumentException">A session of another model, too many tokens, no token, or tokens that the session cannot read; nothing was read.</exception>
    public void Read(IReadOnlyList<BatchPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var rows = Check(parts);
        if (rows == 0) return;

        var residual = _workspace.Residual(rows);
        var passages = new Passage[parts.Count];
        var row = 0;
        for (var i = 0; i < passages.Length; i++)
        {
            var (session, tokens, _) = parts[i];
            passages[i] = session.PassageOf(row, tokens.Length);
            _network.Embed(tokens.Span, session.Position, passages[i].Of(residual));
            row += tokens.Length;
        }

        for (var layer = 0; layer < _network.Config.LayerCount; layer++) _network.ApplyBlock(layer, rows, passages, _workspace);
        foreach (var part in parts) part.Session.Advance(part.Tokens.Length);
        TellLogits(parts, passages, residual);
    }

    /// <summary>The head, for the last row of each part that wants it.</summary>
    private void TellLogits(IReadOnlyList<BatchPart> parts, Passage[] passages, Rows residual)
    {
        var width = _network.Config.EmbeddingSize;
        var vocabulary = _network.Config.VocabularySize;
        var wanting = Enumerable.Range(0, parts.Count).Where(i => parts[i].WantsLogits).ToArray();
        if (wanting.Length == 0) return;
        if (_logits.Length < wanting.Length * vocabulary) _logits = new AlignedFloats(wanting.Length * vocabulary);

        var last = new Rows(_lastRows.Span, width, wanting.Length);
        for (var i = 0; i < wanting.Length; i++)
        {
            var passage = passages[wanting[i]];
            residual[passage.FirstRow + passage.Count - 1].CopyTo(last[i]);
        }

        var logits = new Rows(_logits.Span, vocabulary, wanting.Length);
        _network.ApplyHead(last, _workspace.Normed(wanting.Length), logits);
        for (var i = 0; i < wanting.Length; i++) parts[wanting[i]].Session.TakeLogits(logits[i]);
    }

    private int Check(IReadOnlyList<BatchPart> parts)
    {
        var rows = 0;
        var sessions = new HashSet<InferenceSession>();
        foreach (var (session, tokens, _) in parts)
        {
            if (session.Network != _network) throw new ArgumentException("A session belongs to another model than the batch.", nameof(parts));
            if (session.IsHooked) throw new ArgumentException("A session whose activations are looked at reads alone.", nameof(parts));
            if (!sessions.Add(session)) throw new ArgumentException("A session stands twice in a batch.", nameof(parts));
            if (tokens.IsEmpty) throw new ArgumentException("There is no token to read for one of the sessions.", nameof(parts));
            session.Check(tokens.Span);
            rows += tokens.Length;
        }

        if (rows > MostRows) throw new ArgumentException($"{rows} tokens are too many at once; a batch reads at most {MostRows}.", nameof(parts));
        return rows;
    }
}
