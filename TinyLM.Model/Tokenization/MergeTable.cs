using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace TinyLM.Model.Tokenization;

/// <summary>Which pairs of tokens become which token, and in which order. Immutable once filled.</summary>
/// <remarks>Open addressing over arrays: merging asks for each pair of each chunk, and most pairs are in no table.</remarks>
internal sealed class MergeTable
{
    private const ulong Nothing = ulong.MaxValue; // ids are not negative

    private readonly ulong[] _pairs;
    private readonly (int Rank, int Token)[] _values;
    private readonly int _shift;

    /// <param name="merges">The merges; of two with the same pair the first counts.</param>
    public MergeTable(IReadOnlyCollection<TokenMerge> merges)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * merges.Count));
        _shift = 64 - BitOperations.Log2(size);
        IsEmpty = merges.Count == 0;
        _pairs = new ulong[size];
        _values = new (int, int)[size];
        Array.Fill(_pairs, Nothing);
        foreach (var merge in merges)
        {
            var pair = Pair(merge.Left, merge.Right);
            var slot = SlotOf(pair);
            while (_pairs[slot] != Nothing && _pairs[slot] != pair) slot = (slot + 1) & (_pairs.Length - 1);
            if (_pairs[slot] == Nothing) (_pairs[slot], _values[slot]) = (pair, (merge.Rank, merge.Token));
        }
    }

    /// <summary>Whether nothing is merged.</summary>
    public bool IsEmpty { get; }

    /// <summary>The rank of a pair; <see cref="int.MaxValue"/> where it is never merged.</summary>
    public int Rank(int left, int right) => TryFind(left, right, out var merge) ? merge.Rank : int.MaxValue;

    /// <summary>What becomes of a pair.</summary>
    public bool TryFind(int left, int right, [MaybeNullWhen(false)] out (int Rank, int Token) merge)
    {
        var pair = Pair(left, right);
        for (var slot = SlotOf(pair); _pairs[slot] != Nothing; slot = (slot + 1) & (_pairs.Length - 1))
        {
            if (_pairs[slot] != pair) continue;
            merge = _values[slot];
            return true;
        }
        merge = default;
        return false;
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int SlotOf(ulong pair) => (int)((pair * 0x9E37_79B9_7F4A_7C15) >> _shift); // Fibonacci hashing
}
