using TinyLM.Model.Numerics;

namespace TinyLM.Model.Tokenization;

/// <summary>The different chunks of a text with how often each occurs, in the order in which they occur first.</summary>
internal sealed class ChunkCounts
{
    /// <summary>Characters that are split and counted as one piece of parallel work.</summary>
    private const int BatchLength = 1 << 18;

    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<string> _chunks = [];
    private readonly List<long> _counts = [];

    /// <summary>The chunks.</summary>
    public IReadOnlyList<string> Chunks => _chunks;

    /// <summary>How often each occurs.</summary>
    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Splits texts and counts their chunks, on all processors; the result does not depend on how many there are.</summary>
    public static ChunkCounts Of(IEnumerable<string> texts, SplitPattern pattern, CancellationToken ct)
    {
        var all = new ChunkCounts();
        var parts = OrderedParallel.Select(Batches(texts), batch =>
        {
            var part = new ChunkCounts();
            foreach (var text in batch) part.Add(text, pattern);
            return part;
        }, ct);
        foreach (var part in parts)
            for (var i = 0; i < part._chunks.Count; i++) all.Add(part._chunks[i], part._counts[i]);
        return all;
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> texts)
    {
        List<string> batch = [];
        var length = 0;
        foreach (var text in texts)
        {
            batch.Add(text);
            length += text.Length;
            if (length < BatchLength) continue;
            yield return batch;
            (batch, length) = ([], 0);
        }
        if (batch.Count > 0) yield return batch;
    }

    private void Add(ReadOnlySpan<char> text, SplitPattern pattern)
    {
        while (!text.IsEmpty)
        {
            var length = TextSplitter.NextChunk(text, pattern);
            Add(text[..length], 1);
            text = text[length..];
        }
    }

    private void Add(ReadOnlySpan<char> chunk, long count)
    {
        var lookup = _index.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(chunk, out var index))
        {
            _counts[index] += count;
            return;
        }
        var text = chunk.ToString();
        _index.Add(text, _chunks.Count);
        _chunks.Add(text);
        _counts.Add(count);
    }
}
