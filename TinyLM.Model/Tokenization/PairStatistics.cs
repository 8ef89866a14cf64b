using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>The chunks as sequences of ids while pairs are merged, with how often each pair occurs and where.</summary>
/// <remarks>
/// A merge looks only at the places of its pair and at their neighbours, so it costs what it changes, however long the chunks
/// are (a sentence without spaces is one). Overlapping pairs count each (<c>aaa</c> holds <c>aa</c> twice), as in every
/// reference; they are merged from the left.
/// <para>
/// Tokens lie in one array, a cell for each of their bytes: the first cell holds the id, the last one of a longer token minus
/// its length, the cells between anything negative. So both neighbours are found without links. All occurrences of a pair come
/// about in the merge that makes the younger of its two tokens; later they only become fewer, and a list of places stays in order.
/// </para>
/// </remarks>
internal sealed class PairStatistics
{
    private const int Border = int.MinValue; // the cell between two chunks

    private readonly int[] _cells;
    private readonly int[] _chunks; // of each cell
    private readonly long[] _counts; // of each chunk
    private readonly List<int> _lengths = [.. Enumerable.Repeat(1, 256)]; // of each token, in bytes
    private readonly Dictionary<long, Pair> _pairs = [];
    private readonly List<long> _made = [];

    /// <exception cref="InvalidOperationException">There is more text than one array can hold.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PairStatistics(ChunkCounts chunks)
    {
        _counts = [.. chunks.Counts];
        var total = 1 + chunks.Chunks.Sum(chunk => 1L + Encoding.UTF8.GetByteCount(chunk));
        if (total > Array.MaxLength) throw new InvalidOperationException($"The different chunks of the text have {total} bytes together; a tokenizer can learn from {Array.MaxLength}. Learn it from less text.");
        (_cells, _chunks) = (new int[total], new int[total]);
        _cells[0] = Border;
        var bytes = new byte[chunks.Chunks.Select(Encoding.UTF8.GetByteCount).DefaultIfEmpty().Max()];
        var position = 1;
        for (var chunk = 0; chunk < chunks.Chunks.Count; chunk++)
        {
            var length = Encoding.UTF8.GetBytes(chunks.Chunks[chunk], bytes);
            for (var i = 0; i < length; i++, position++)
            {
                (_cells[position], _chunks[position]) = (bytes[i], chunk);
                TokenCount += _counts[chunk];
                if (i > 0) Add(bytes[i - 1], bytes[i], position - 1, _counts[chunk]);
            }
            _cells[position++] = Border;
        }
        _made.Clear();
    }

    /// <summary>Tokens of the text now.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Every pair with how often it occurs.</summary>
    public IEnumerable<(long Pair, long Count)> All => _pairs.Select(pair => (pair.Key, pair.Value.Count));

    /// <summary>Two ids as one number, in the order of the left id and then of the right.</summary>
    public static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    /// <summary>The ids of a pair.</summary>
    public static (int Left, int Right) Ids(long pair) => ((int)(pair >> 32), (int)pair);

    /// <summary>How often a pair occurs now.</summary>
    public long Count(long pair) => _pairs.TryGetValue(pair, out var found) ? found.Count : 0;

    /// <summary>Makes one token of a pair wherever it occurs.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="token">The next id that is free.</param>
    /// <returns>The pairs with the new token in them; the list is used again by the next call.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public IReadOnlyCollection<long> Merge(long pair, int token)
    {
        var (left, right) = Ids(pair);
        var length = _lengths[left] + _lengths[right];
        _lengths.Add(length);
        _made.Clear();
        if (!_pairs.Remove(pair, out var merged)) return _made;

        foreach (var place in CollectionsMarshal.AsSpan(merged.Places))
        {
            if (!Stands(place, left, right)) continue;
            var count = _counts[_chunks[place]];
            var before = Before(place);
            var after = place + length;
            if (_cells[before] != Border) Subtract(_cells[before], left, count);
            if (_cells[after] != Border) Subtract(right, _cells[after], count);

            TokenCount -= count;
            _cells[place + _lengths[left]] = -1;
            _cells[after - 1] = -length;
            _cells[place] = token;
            if (_cells[before] != Border) Add(_cells[before], token, before, count);
            if (_cells[after] != Border) Add(token, _cells[after], place, count);
        }
        return _made;
    }

    /// <summary>Where a pair that occurs stands first.</summary>
    public int FirstOccurrence(long pair)
    {
        var (left, right) = Ids(pair);
        var found = _pairs[pair];
        while (!Stands(found.Places[found.First], left, right)) found.First++;
        return found.Places[found.First];
    }

    private bool Stands(int place, int left, int right) => _cells[place] == left && _cells[place + _lengths[left]] == right;

    /// <summary>The first cell of the token before a place, or the border.</summary>
    private int Before(int place) => _cells[place - 1] is < 0 and not Border and var negative ? place + negative : place - 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(int left, int right, int place, long count)
    {
        ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, Key(left, right), out var exists);
        if (!exists) _made.Add(Key(left, right));
        pair ??= new Pair();
        pair.Count += count;
        pair.Places.Add(place);
    }

    private void Subtract(int left, int right, long count)
    {
        if (_pairs.TryGetValue(Key(left, right), out var pair)) pair.Count -= count; // not there: the pair that is being merged
    }

    private sealed class Pair
    {
        public long Count;

        /// <summary>Where the pair stood when it came about, in order.</summary>
        public readonly List<int> Places = [];

        /// <summary>Index in <see cref="Places"/> before which it stands no more.</summary>
        public int First;
    }
}
