using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>Merges the bytes of a long chunk by a heap of the pairs in it: time of n log n.</summary>
/// <remarks>
/// Microsoft.ML.Tokenizers 2.0.1 takes time of n²: 83 s for one million letters without a space, where this takes half a second.
/// Both give the same tokens; the tests hold them against each other.
/// </remarks>
internal sealed class LongChunkMerger
{
    private readonly int[] _ofByte = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Token)> _merges = [];

    public LongChunkMerger(TokenizerDefinition definition)
    {
        var ids = definition.Ids.ToDictionary(id => ByteLevel.ToText(definition.Tokens[id]), StringComparer.Ordinal);
        for (var value = 0; value < 256; value++) _ofByte[value] = ids[ByteLevel.Character((byte)value).ToString()];
        foreach (var (rank, (left, right)) in definition.Merges.Index())
            _merges.Add((left, right), (rank, ids[ByteLevel.ToText(definition.Tokens[left]) + ByteLevel.ToText(definition.Tokens[right])]));
    }

    /// <summary>The tokens of a chunk.</summary>
    public int[] Merge(ReadOnlySpan<char> chunk)
    {
        var ids = Bytes(chunk);
        var (previous, next) = (new int[ids.Length], new int[ids.Length]);
        var queue = new PriorityQueue<(int Position, int Left, int Right), long>();
        for (var i = 0; i < ids.Length; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            Enqueue(i);
        }

        while (queue.TryDequeue(out var pair, out _))
        {
            var (position, left, right) = pair;
            var second = next[position];
            if (ids[position] != left || second == ids.Length || ids[second] != right) continue; // another merge took a part of it
            ids[position] = _merges[(left, right)].Token;
            ids[second] = -1;
            next[position] = next[second];
            if (next[position] < ids.Length) previous[next[position]] = position;
            Enqueue(previous[position]);
            Enqueue(position);
        }
        return Array.FindAll(ids, id => id >= 0);

        void Enqueue(int position)
        {
            if (position < 0 || next[position] == ids.Length) return;
            var (left, right) = (ids[position], ids[next[position]]);
            if (_merges.TryGetValue((left, right), out var merge)) queue.Enqueue((position, left, right), ((long)merge.Rank << 32) | (uint)position);
        }
    }

    private int[] Bytes(ReadOnlySpan<char> chunk)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(chunk)];
        Encoding.UTF8.GetBytes(chunk, bytes);
        return Array.ConvertAll(bytes, value => _ofByte[value]);
    }
}
