using System.Runtime.InteropServices;
using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>The chunks as sequences of ids while pairs are merged, with how often each pair occurs and where.</summary>
/// <remarks>
/// Only chunks that hold a merged pair are touched, so a merge costs what it changes. Overlapping pairs count each
/// (<c>aaa</c> holds <c>aa</c> twice), as in every reference; they are merged from the left.
/// </remarks>
internal sealed class PairStatistics
{
    private readonly int[] _ids; // all chunks, one behind the other; a merged chunk shrinks where it stands
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _counts;
    private readonly Dictionary<long, Pair> _pairs = [];
    private readonly HashSet<long> _grown = [];

    public PairStatistics(ChunkCounts chunks)
    {
        var count = chunks.Chunks.Count;
        (_starts, _lengths, _counts) = (new int[count], new int[count], [.. chunks.Counts]);
        var total = 0;
        for (var chunk = 0; chunk < count; chunk++)
        {
            _starts[chunk] = total;
            _lengths[chunk] = Encoding.UTF8.GetByteCount(chunks.Chunks[chunk]);
            total = checked(total + _lengths[chunk]);
        }

        _ids = new int[total];
        var bytes = new byte[_lengths.DefaultIfEmpty().Max()];
        for (var chunk = 0; chunk < count; chunk++)
        {
            Encoding.UTF8.GetBytes(chunks.Chunks[chunk], bytes);
            var ids = Ids(chunk);
            for (var i = 0; i < ids.Length; i++) ids[i] = bytes[i];
            AddPairs(chunk);
        }
    }

    /// <summary>Every pair with how often it occurs.</summary>
    public IEnumerable<(long Pair, long Count)> All => _pairs.Select(pair => (pair.Key, pair.Value.Count));

    /// <summary>Two ids as one number, in the order of the left id and then of the right.</summary>
    public static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>The ids of a pair.</summary>
    public static (int Left, int Right) Ids(long pair) => ((int)(pair >> 32), (int)pair);

    /// <summary>How often a pair occurs now.</summary>
    public long Count(long pair) => _pairs.TryGetValue(pair, out var found) ? found.Count : 0;

    /// <summary>Makes one token of a pair wherever it occurs.</summary>
    /// <returns>The pairs that may occur more often than before; the set is used again by the next call.</returns>
    public IReadOnlyCollection<long> Merge(long pair, int token)
    {
        _grown.Clear();
        if (!_pairs.Remove(pair, out var merged)) return _grown;

        var (left, right) = Ids(pair);
        foreach (var chunk in merged.Chunks)
        {
            if (FindPair(Ids(chunk), left, right) < 0) continue; // an earlier merge took it, or the list names the chunk twice
            RemovePairs(chunk);
            Replace(chunk, left, right, token);
            AddPairs(chunk);
            var ids = Ids(chunk);
            for (var i = 0; i + 1 < ids.Length; i++)
                if (ids[i] == token || ids[i + 1] == token) _grown.Add(Key(ids[i], ids[i + 1]));
        }
        return _grown;
    }

    /// <summary>Where a pair occurs first: the chunk, then the place in it.</summary>
    public (int Chunk, int Position) FirstOccurrence(long pair)
    {
        var (left, right) = Ids(pair);
        var first = (Chunk: int.MaxValue, Position: 0);
        foreach (var chunk in _pairs[pair].Chunks)
            if (chunk < first.Chunk && FindPair(Ids(chunk), left, right) is >= 0 and var position) first = (chunk, position);
        return first;
    }

    private Span<int> Ids(int chunk) => _ids.AsSpan(_starts[chunk], _lengths[chunk]);

    private static int FindPair(ReadOnlySpan<int> ids, int left, int right)
    {
        for (var i = 0; i + 1 < ids.Length; i++)
            if (ids[i] == left && ids[i + 1] == right) return i;
        return -1;
    }

    private void AddPairs(int chunk)
    {
        var ids = Ids(chunk);
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, Key(ids[i], ids[i + 1]), out _);
            pair ??= new Pair();
            pair.Count += _counts[chunk];
            if (pair.Chunks is not [.., var last] || last != chunk) pair.Chunks.Add(chunk);
        }
    }

    private void RemovePairs(int chunk)
    {
        var ids = Ids(chunk);
        for (var i = 0; i + 1 < ids.Length; i++)
            if (_pairs.TryGetValue(Key(ids[i], ids[i + 1]), out var pair)) pair.Count -= _counts[chunk];
    }

    private void Replace(int chunk, int left, int right, int token)
    {
        var ids = Ids(chunk);
        var kept = 0;
        for (var i = 0; i < ids.Length; kept++)
        {
            var isPair = ids[i] == left && i + 1 < ids.Length && ids[i + 1] == right;
            ids[kept] = isPair ? token : ids[i];
            i += isPair ? 2 : 1;
        }
        _lengths[chunk] = kept;
    }

    private sealed class Pair
    {
        public long Count;

        /// <summary>Chunks that held the pair at some time.</summary>
        public readonly List<int> Chunks = [];
    }
}
