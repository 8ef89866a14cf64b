using System.Text;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>Ranges of characters as ranges of the bytes of UTF-8.</summary>
internal static class Utf8Ranges
{
    private static readonly int[] s_lastOfLength = [0x7F, 0x7FF, 0xFFFF];

    /// <summary>Sequences of byte ranges that together are the characters of a range, each a run of characters of equal length.</summary>
    /// <param name="from">First code point; no surrogate lies within.</param>
    /// <param name="to">Last code point.</param>
    public static IEnumerable<(byte From, byte To)[]> Split(int from, int to)
    {
        foreach (var last in s_lastOfLength)
            if (from <= last && last < to) return [.. Split(from, last), .. Split(last + 1, to)];

        Span<byte> first = stackalloc byte[4];
        var length = new Rune(from).EncodeToUtf8(first);
        for (var i = 1; i < length; i++)
        {
            var below = (1 << (6 * i)) - 1; // what the last i bytes hold
            if ((from & ~below) == (to & ~below)) continue;
            if ((from & below) != 0) return [.. Split(from, from | below), .. Split((from | below) + 1, to)];
            if ((to & below) != below) return [.. Split(from, (to & ~below) - 1), .. Split(to & ~below, to)];
        }

        Span<byte> second = stackalloc byte[4];
        new Rune(to).EncodeToUtf8(second);
        var ranges = new (byte, byte)[length];
        for (var i = 0; i < length; i++) ranges[i] = (first[i], second[i]);
        return [ranges];
    }
}
