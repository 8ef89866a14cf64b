namespace TinyLM.Model.Tokenization;

/// <summary>The most frequent pair first; of equals the one that the rule prefers.</summary>
/// <param name="tieBreak">The rule.</param>
/// <param name="merges">The merges so far; grows meanwhile.</param>
internal sealed class PairOrder(TieBreak tieBreak, List<(int Left, int Right)> merges) : IComparer<(long Count, long Pair)>
{
    private static readonly int[] s_characterRanks = CharacterRanks();
    private readonly List<byte[]> _bytes = [.. Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value])];

    /// <inheritdoc/>
    public int Compare((long Count, long Pair) x, (long Count, long Pair) y)
    {
        if (x.Count != y.Count) return y.Count.CompareTo(x.Count);
        if (tieBreak is TieBreak.LowestIds or TieBreak.FirstOccurrence) return x.Pair.CompareTo(y.Pair);

        var (xLeft, xRight) = PairStatistics.Ids(x.Pair);
        var (yLeft, yRight) = PairStatistics.Ids(y.Pair);
        if (tieBreak == TieBreak.LowestCharacters) return (Rank(xLeft), Rank(xRight)).CompareTo((Rank(yLeft), Rank(yRight)));
        return Bytes(yLeft).SequenceCompareTo(Bytes(xLeft)) is not 0 and var left ? left : Bytes(yRight).SequenceCompareTo(Bytes(xRight));
    }

    private static int Rank(int id) => id < 256 ? s_characterRanks[id] : id;

    private ReadOnlySpan<byte> Bytes(int id)
    {
        while (_bytes.Count <= id)
        {
            var (left, right) = merges[_bytes.Count - 256];
            _bytes.Add([.. _bytes[left], .. _bytes[right]]);
        }
        return _bytes[id];
    }

    private static int[] CharacterRanks()
    {
        var ranks = new int[256];
        foreach (var (rank, value) in Enumerable.Range(0, 256).OrderBy(value => ByteLevel.Character((byte)value)).Index()) ranks[value] = rank;
        return ranks;
    }
}
