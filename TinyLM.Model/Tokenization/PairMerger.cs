namespace TinyLM.Model.Tokenization;

/// <summary>Merges the tokens of a chunk until no pair is left in the table: the lowest rank first, of equals the leftmost.</summary>
/// <remarks>
/// A chunk of a word is scanned for its lowest rank again and again, which is fastest for the short; a long one goes through a
/// heap, in time of n log n whatever it holds. Both give the same tokens.
/// </remarks>
internal static class PairMerger
{
    /// <summary>Tokens of a chunk up to which scanning is faster.</summary>
    internal const int LongestScanned = 64;

    /// <summary>Merges in place.</summary>
    /// <param name="tokens">The tokens; the merged ones come to its beginning.</param>
    /// <param name="merges">What is merged.</param>
    /// <param name="below">Only merges of a lower rank count.</param>
    /// <returns>How many are left.</returns>
    public static int Merge(Span<int> tokens, MergeTable merges, int below = int.MaxValue) => merges.IsEmpty ? tokens.Length
        : tokens.Length <= LongestScanned ? Scan(tokens, merges, below) : MergeByHeap(tokens, merges, below);

    private static int Scan(Span<int> tokens, MergeTable merges, int below)
    {
        Span<int> ranks = stackalloc int[LongestScanned]; // of each token with the next one
        var count = tokens.Length;
        for (var i = 0; i + 1 < count; i++) ranks[i] = merges.Rank(tokens[i], tokens[i + 1]);
        while (count > 1)
        {
            var (best, lowest) = (-1, below);
            for (var i = 0; i + 1 < count; i++)
                if (ranks[i] < lowest) (best, lowest) = (i, ranks[i]);
            if (best < 0) break;

            merges.TryFind(tokens[best], tokens[best + 1], out var merge);
            tokens[best] = merge.Token;
            tokens[(best + 2)..count].CopyTo(tokens[(best + 1)..]);
            ranks[(best + 1)..(count - 1)].CopyTo(ranks[best..]);
            count--;
            if (best + 1 < count) ranks[best] = merges.Rank(tokens[best], tokens[best + 1]);
            if (best > 0) ranks[best - 1] = merges.Rank(tokens[best - 1], tokens[best]);
        }
        return count;
    }

    /// <summary>By a heap of the pairs.</summary>
    internal static int MergeByHeap(Span<int> tokens, MergeTable merges, int below = int.MaxValue)
    {
        var ids = tokens.ToArray();
        var (previous, next) = (new int[ids.Length], new int[ids.Length]);
        var found = new List<((int Position, int Left, int Right) Pair, long Order)>(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            if (i + 1 < ids.Length && merges.TryFind(ids[i], ids[i + 1], out var merge) && merge.Rank < below) found.Add(((i, ids[i], ids[i + 1]), Order(merge.Rank, i)));
        }

        var queue = new PriorityQueue<(int Position, int Left, int Right), long>(found);
        while (queue.TryDequeue(out var pair, out _))
        {
            var (position, left, right) = pair;
            var second = next[position];
            if (ids[position] != left || second == ids.Length || ids[second] != right) continue; // another merge took a part of it
            merges.TryFind(left, right, out var merge);
            ids[position] = merge.Token;
            ids[second] = -1;
            next[position] = next[second];
            if (next[position] < ids.Length) previous[next[position]] = position;
            Enqueue(previous[position]);
            Enqueue(position);
        }

        var count = 0;
        for (var i = 0; i < ids.Length; i = next[i]) tokens[count++] = ids[i];
        return count;

        void Enqueue(int position)
        {
            if (position < 0 || next[position] == ids.Length) return;
            var (left, right) = (ids[position], ids[next[position]]);
            if (merges.TryFind(left, right, out var merge) && merge.Rank < below) queue.Enqueue((position, left, right), Order(merge.Rank, position));
        }

        static long Order(int rank, int position) => ((long)rank << 32) | (uint)position;
    }
}
