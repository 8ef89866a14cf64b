using System.Runtime.InteropServices;
using System.Text;
using TinyLM.Model.Numerics;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>Cuts the pieces of a corpus into tokens, on all processors, and writes the two shards.</summary>
internal sealed class DatasetWriter(TextTokenizer tokenizer, string folder)
{
    /// <summary>Characters that are cut as one piece of parallel work.</summary>
    private const int BatchLength = 1 << 18;

    private long _validationBytes;
    private double _negativeLogProbability;
    private bool _knowsProbabilities = true;

    /// <summary>The shard to learn from.</summary>
    public string TrainPath { get; } = Path.Combine(folder, "train.bin");

    /// <summary>The shard to measure on.</summary>
    public string ValidationPath { get; } = Path.Combine(folder, "val.bin");

    /// <summary>Tokens to learn from.</summary>
    public long TrainTokens { get; private set; }

    /// <summary>Tokens to measure on.</summary>
    public long ValidationTokens { get; private set; }

    /// <summary>Bytes of validation text for each token of it.</summary>
    public double BytesPerToken => (double)_validationBytes / ValidationTokens;

    /// <summary>Nats per validation token, where the source knows the probability of each validation document.</summary>
    public double? EntropyFloor => _knowsProbabilities && ValidationTokens > 0 ? _negativeLogProbability / ValidationTokens : null;

    /// <summary>Writes all of it.</summary>
    /// <param name="pieces">The corpus.</param>
    /// <param name="bytesDone">Told how many bytes of text were cut so far.</param>
    /// <param name="ct">Checked between batches.</param>
    public void Write(IEnumerable<CorpusSplit.Piece> pieces, Action<long> bytesDone, CancellationToken ct)
    {
        using var train = new TokenShardWriter(TrainPath, tokenizer.VocabularySize);
        using var validation = new TokenShardWriter(ValidationPath, tokenizer.VocabularySize);
        long done = 0;
        foreach (var batch in OrderedParallel.Select(Batches(pieces), Encode, ct))
        {
            train.Append(CollectionsMarshal.AsSpan(batch.Train));
            validation.Append(CollectionsMarshal.AsSpan(batch.Validation));
            _validationBytes += batch.ValidationBytes;
            _negativeLogProbability -= batch.LogProbability;
            _knowsProbabilities &= batch.KnowsProbabilities;
            done += batch.Bytes;
            bytesDone(done);
        }
        train.Complete();
        validation.Complete();
        (TrainTokens, ValidationTokens) = (train.Count, validation.Count);
    }

    private Batch Encode(List<CorpusSplit.Piece> pieces)
    {
        var batch = new Batch();
        foreach (var piece in pieces)
        {
            var tokens = piece.IsValidation ? batch.Validation : batch.Train;
            if (piece.BeginsDocument) tokens.Add(tokenizer.EndOfTextId);
            tokenizer.Encode(piece.Text, tokens);
            var bytes = Encoding.UTF8.GetByteCount(piece.Text);
            batch.Bytes += bytes;
            if (!piece.IsValidation) continue;
            batch.ValidationBytes += bytes;
            batch.LogProbability += piece.LogProbability ?? 0;
            batch.KnowsProbabilities &= piece.LogProbability is not null;
        }
        return batch;
    }

    private static IEnumerable<List<CorpusSplit.Piece>> Batches(IEnumerable<CorpusSplit.Piece> pieces)
    {
        List<CorpusSplit.Piece> batch = [];
        var length = 0;
        foreach (var piece in pieces)
        {
            batch.Add(piece);
            length += piece.Text.Length;
            if (length < BatchLength) continue;
            yield return batch;
            (batch, length) = ([], 0);
        }
        if (batch.Count > 0) yield return batch;
    }

    private sealed class Batch
    {
        public List<int> Train { get; } = [];

        public List<int> Validation { get; } = [];

        public long Bytes { get; set; }

        public long ValidationBytes { get; set; }

        public double LogProbability { get; set; }

        public bool KnowsProbabilities { get; set; } = true;
    }
}
