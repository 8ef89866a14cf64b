namespace TinyLM.Model.Inference;

// R = rows (tokens of all texts together), C = embedding size, V = vocabulary

/// <summary>Takes some texts of a batch through the layers, with room for their activations. For one thread at a time.</summary>
internal sealed class BatchReader(DecoderNetwork network, IActivationHook? hook)
{
    private readonly Workspace _workspace = network.CreateWorkspace(SessionBatch.MostRows, hook);
    private readonly AlignedFloats _lastRows = new(SessionBatch.MostRows * network.Config.EmbeddingSize);
    private AlignedFloats _logits = new(0);

    /// <summary>Reads tokens.</summary>
    /// <param name="parts">What each session of the batch reads; checked.</param>
    /// <param name="first">The first part to be read here.</param>
    /// <param name="count">How many of them.</param>
    public void Read(IReadOnlyList<BatchPart> parts, int first, int count)
    {
        var passages = new Passage[count];
        var rows = 0;
        for (var i = 0; i < count; i++)
        {
            var (session, tokens, _) = parts[first + i];
            passages[i] = session.PassageOf(rows, tokens.Length);
            rows += tokens.Length;
        }

        var residual = _workspace.Residual(rows);
        for (var i = 0; i < count; i++) network.Embed(parts[first + i].Tokens.Span, parts[first + i].Session.Position, passages[i].Of(residual));
        for (var layer = 0; layer < network.Config.LayerCount; layer++) network.ApplyBlock(layer, rows, passages, _workspace);
        for (var i = 0; i < count; i++) parts[first + i].Session.Advance(parts[first + i].Tokens.Length);
        TellLogits(parts, first, passages, residual);
    }

    /// <summary>The head, for the last row of each part that wants it.</summary>
    private void TellLogits(IReadOnlyList<BatchPart> parts, int first, Passage[] passages, Rows residual)
    {
        var (width, vocabulary) = (network.Config.EmbeddingSize, network.Config.VocabularySize);
        var wanting = Enumerable.Range(0, passages.Length).Where(i => parts[first + i].WantsLogits).ToArray();
        if (wanting.Length == 0) return;
        if (_logits.Length < wanting.Length * vocabulary) _logits = new AlignedFloats(wanting.Length * vocabulary);

        var last = new Rows(_lastRows.Span, width, wanting.Length);
        for (var i = 0; i < wanting.Length; i++)
        {
            var passage = passages[wanting[i]];
            residual[passage.FirstRow + passage.Count - 1].CopyTo(last[i]);
        }

        var logits = new Rows(_logits.Span, vocabulary, wanting.Length);
        network.ApplyHead(last, _workspace.Normed(wanting.Length), logits);
        for (var i = 0; i < wanting.Length; i++) parts[first + wanting[i]].Session.TakeLogits(logits[i]);
    }
}
