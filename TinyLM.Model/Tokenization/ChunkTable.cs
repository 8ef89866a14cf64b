using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TinyLM.Model.Tokenization;

/// <summary>Different chunks with how often each occurs and where it occurred first. For one thread at a time.</summary>
/// <remarks>
/// Open addressing, and no string before the end: counting is one look at a place in memory for each chunk of the text. A chunk
/// of up to eight characters is wholly in its entry, its first and its last four; of longer ones the characters are kept aside.
/// </remarks>
internal sealed class ChunkTable
{
    private const int Half = 4; // characters in 64 bits

    private Entry[] _entries = new Entry[1 << 12];
    private char[] _characters = new char[1 << 14];
    private int _used;

    /// <summary>Different chunks.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a chunk.</summary>
    /// <param name="chunk">The chunk, not empty.</param>
    /// <param name="count">How often it occurred.</param>
    /// <param name="first">Where, for the order of the chunks; the least counts.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<char> chunk, long count, long first)
    {
        var (head, tail) = Ends(chunk);
        var hash = Hash(chunk, head, tail);
        var mask = _entries.Length - 1;
        for (var slot = (int)(hash >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            ref var entry = ref _entries[slot];
            if (entry.Count == 0)
            {
                entry = new Entry { Head = head, Tail = tail, Hash = hash, Length = chunk.Length, Start = Keep(chunk), Count = count, First = first };
                if (++Count > _entries.Length / 2) Grow();
                return;
            }
            if (entry.Head != head || entry.Tail != tail || entry.Length != chunk.Length || chunk.Length > 2 * Half && !chunk.SequenceEqual(TextOf(entry))) continue;
            entry.Count += count;
            if (first < entry.First) entry.First = first;
            return;
        }
    }

    /// <summary>Counts everything that another table has counted.</summary>
    public void Add(ChunkTable other)
    {
        foreach (ref readonly var entry in other._entries.AsSpan())
            if (entry.Count > 0) Add(other.TextOf(entry), entry.Count, entry.First);
    }

    /// <summary>The chunks and their counts, in the order in which they occurred first.</summary>
    public (string[] Chunks, long[] Counts) InOrder()
    {
        Entry[] entries = [.. _entries.Where(entry => entry.Count > 0)];
        Array.Sort(entries, (x, y) => x.First.CompareTo(y.First));
        return ([.. entries.Select(entry => TextOf(entry).ToString())], [.. entries.Select(entry => entry.Count)]);
    }

    private ReadOnlySpan<char> TextOf(in Entry entry) => _characters.AsSpan(entry.Start, entry.Length);

    private int Keep(ReadOnlySpan<char> chunk)
    {
        var start = _used;
        if (chunk.Length > _characters.Length - start)
        {
            var length = Math.Max(2L * _characters.Length, (long)start + chunk.Length);
            if ((long)start + chunk.Length > Array.MaxLength) throw new InvalidOperationException($"The different chunks of the text have more than {Array.MaxLength} characters together. Learn the tokenizer from less text.");
            Array.Resize(ref _characters, (int)Math.Min(length, Array.MaxLength));
        }
        chunk.CopyTo(_characters.AsSpan(start));
        _used += chunk.Length;
        return start;
    }

    private void Grow()
    {
        var old = _entries;
        _entries = new Entry[2 * old.Length];
        var mask = _entries.Length - 1;
        foreach (ref readonly var entry in old.AsSpan())
        {
            if (entry.Count == 0) continue;
            var slot = (int)(entry.Hash >> 32) & mask;
            while (_entries[slot].Count != 0) slot = (slot + 1) & mask;
            _entries[slot] = entry;
        }
    }

    /// <summary>The first and the last four characters, which overlap in a short chunk; of fewer than four all, and nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Head, ulong Tail) Ends(ReadOnlySpan<char> chunk)
    {
        if (chunk.Length >= Half) return (Word(chunk), Word(chunk[^Half..]));
        ulong head = chunk[0];
        if (chunk.Length > 1) head |= (ulong)chunk[1] << 16;
        if (chunk.Length > 2) head |= (ulong)chunk[2] << 32;
        return (head, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(ReadOnlySpan<char> chunk, ulong head, ulong tail)
    {
        var hash = Mix(head ^ (ulong)chunk.Length) ^ BitOperations.RotateLeft(Mix(tail), 29);
        for (var i = Half; i < chunk.Length - Half; i += Half) hash = Mix(hash ^ Word(chunk[i..])) + hash;
        return Mix(hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ReadOnlySpan<char> characters) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(characters));

    /// <summary>Fibonacci hashing, the high bits folded into the low.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value *= 0x9E37_79B9_7F4A_7C15;
        return value ^ (value >> 32);
    }

    private struct Entry
    {
        public ulong Head;
        public ulong Tail;
        public ulong Hash;
        public long Count;
        public long First;
        public int Length;
        public int Start;
    }
}
