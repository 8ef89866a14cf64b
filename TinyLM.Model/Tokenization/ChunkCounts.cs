using TinyLM.Model.Numerics;
using TinyLM.Model.Tokenization.Splitting;

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
    /// <param name="texts">The texts.</param>
    /// <param name="splitter">Cuts them.</param>
    /// <param name="special">Where they are cut before, and what is left out.</param>
    /// <param name="observer">Told how much is read.</param>
    /// <param name="ct">Checked between batches.</param>
    public static ChunkCounts Of(IEnumerable<string> texts, TextSplitter splitter, SpecialTokenFinder special, ITrainingObserver? observer, CancellationToken ct)
    {
        var all = new ChunkCounts();
        var parts = OrderedParallel.Select(Batches(texts), batch =>
        {
            var part = new ChunkCounts();
            var ends = new List<int>();
            foreach (var text in batch) part.Add(text, splitter, special, ends);
            return (Part: part, Length: batch.Sum(text => (long)text.Length));
        }, ct);
        long read = 0;
        foreach (var (part, length) in parts)
        {
            for (var i = 0; i < part._chunks.Count; i++) all.Add(part._chunks[i], part._counts[i]);
            observer?.OnRead(read += length);
        }
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

    private void Add(ReadOnlySpan<char> text, TextSplitter splitter, SpecialTokenFinder special, List<int> ends)
    {
        while (special.FindFirst(text, out var cut) is { } found)
        {
            Add(text[..cut], splitter, ends);
            text = text[(cut + found.Text.Length)..];
        }
        Add(text, splitter, ends);
    }

    private void Add(ReadOnlySpan<char> text, TextSplitter splitter, List<int> ends)
    {
        ends.Clear();
        splitter.Split(text, ends);
        var start = 0;
        foreach (var end in ends)
        {
            Add(text[start..end], 1);
            start = end;
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
