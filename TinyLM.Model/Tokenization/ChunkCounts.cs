using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TinyLM.Model.Numerics;
using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization;

/// <summary>The different chunks of a text with how often each occurs, in the order in which they occur first.</summary>
/// <param name="Chunks">The chunks.</param>
/// <param name="Counts">How often each occurs.</param>
internal sealed record ChunkCounts(IReadOnlyList<string> Chunks, IReadOnlyList<long> Counts)
{
    /// <summary>Characters that are split and counted as one piece of parallel work.</summary>
    private const int BatchLength = 1 << 18;

    /// <summary>Splits texts and counts their chunks, on all processors; the result does not depend on how many there are.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="splitter">Cuts them.</param>
    /// <param name="special">Where they are cut before, and what is left out.</param>
    /// <param name="observer">Told how much is read.</param>
    /// <param name="ct">Checked between batches.</param>
    public static ChunkCounts Of(IEnumerable<string> texts, TextSplitter splitter, SpecialTokenFinder special, ITrainingObserver? observer, CancellationToken ct)
    {
        var idle = new ConcurrentBag<Counter>();
        var lengths = OrderedParallel.Select(Batches(texts, splitter).Index(), batch =>
        {
            if (!idle.TryTake(out var counter)) counter = new Counter(splitter, special);
            counter.Start(batch.Index);
            foreach (var text in batch.Item) counter.Add(text.Span);
            idle.Add(counter);
            return batch.Item.Sum(text => (long)text.Length);
        }, ct);
        long read = 0;
        foreach (var length in lengths) observer?.OnRead(read += length);

        var all = idle.Select(counter => counter.Table).MaxBy(table => table.Count) ?? new ChunkTable();
        foreach (var counter in idle)
            if (counter.Table != all) all.Add(counter.Table);
        var (chunks, counts) = all.InOrder();
        return new ChunkCounts(chunks, counts);
    }

    private static IEnumerable<List<ReadOnlyMemory<char>>> Batches(IEnumerable<string> texts, TextSplitter splitter)
    {
        List<ReadOnlyMemory<char>> batch = [];
        var length = 0;
        foreach (var text in texts)
        {
            for (var rest = text.AsMemory(); rest.Length > 0;)
            {
                var end = rest.Length <= 2 * BatchLength ? rest.Length : splitter.NextCut(rest.Span, BatchLength);
                batch.Add(rest[..end]);
                length += end;
                rest = rest[end..];
                if (length < BatchLength) continue;
                yield return batch;
                (batch, length) = ([], 0);
            }
        }
        if (batch.Count > 0) yield return batch;
    }

    /// <summary>What one thread counts.</summary>
    private sealed class Counter(TextSplitter splitter, SpecialTokenFinder special)
    {
        private readonly List<int> _ends = [];
        private long _position;

        public ChunkTable Table { get; } = new();

        /// <summary>Begins with a batch; the order of batches and of the chunks in them is the order of the text.</summary>
        public void Start(int batch) => _position = (long)batch << 32;

        public void Add(ReadOnlySpan<char> text)
        {
            while (special.FindFirst(text, out var cut) is { } found)
            {
                AddPlain(text[..cut]);
                text = text[(cut + found.Text.Length)..];
            }
            AddPlain(text);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddPlain(ReadOnlySpan<char> text)
        {
            _ends.Clear();
            splitter.Split(text, _ends);
            var start = 0;
            foreach (var end in CollectionsMarshal.AsSpan(_ends))
            {
                Table.Add(text[start..end], 1, _position++);
                start = end;
            }
        }
    }
}
