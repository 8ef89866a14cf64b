using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>The classes of 64 characters, a bit for each, the first the lowest; bits are right up to the first character beyond ASCII.</summary>
/// <param name="Letters"><c>[A-Za-z]</c></param>
/// <param name="Digits"><c>[0-9]</c></param>
/// <param name="WhiteSpace"><c>[\t-\r ]</c></param>
/// <param name="Spaces">The space itself.</param>
/// <param name="Apostrophes">The apostrophe.</param>
/// <param name="AsciiLength">Characters before the first one beyond ASCII.</param>
internal readonly record struct AsciiBlock(ulong Letters, ulong Digits, ulong WhiteSpace, ulong Spaces, ulong Apostrophes, int AsciiLength)
{
    /// <summary>Characters in a block.</summary>
    public const int Length = 64;

    /// <summary>Looks at the characters.</summary>
    /// <param name="text">At least <see cref="Length"/> characters.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static AsciiBlock Of(ReadOnlySpan<char> text)
    {
        ref var first = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text[..Length]));
        var (low, lowBeyond) = Bytes(ref first);
        var (high, highBeyond) = Bytes(ref Unsafe.Add(ref first, Length / 2));
        return new AsciiBlock(
            Mask(IsIn(low | Of(0x20), 'a', 'z'), IsIn(high | Of(0x20), 'a', 'z')),
            Mask(IsIn(low, '0', '9'), IsIn(high, '0', '9')),
            Mask(IsIn(low, '\t', '\r') | Vector256.Equals(low, Of(' ')), IsIn(high, '\t', '\r') | Vector256.Equals(high, Of(' '))),
            Mask(Vector256.Equals(low, Of(' ')), Vector256.Equals(high, Of(' '))),
            Mask(Vector256.Equals(low, Of('\'')), Vector256.Equals(high, Of('\''))),
            BitOperations.TrailingZeroCount(Mask(lowBeyond, highBeyond)));
    }

    /// <summary>32 characters as bytes, and which are beyond ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<byte> Bytes, Vector256<byte> Beyond) Bytes(ref ushort first)
    {
        var (lower, upper) = (Vector256.LoadUnsafe(ref first), Vector256.LoadUnsafe(ref first, 16));
        var limit = Vector256.Create((ushort)0x7F);
        return (Vector256.Narrow(lower, upper), Vector256.Narrow(Vector256.GreaterThan(lower, limit), Vector256.GreaterThan(upper, limit)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Of(int character) => Vector256.Create((byte)character);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> IsIn(Vector256<byte> characters, char from, char to) => Vector256.LessThanOrEqual(characters - Of(from), Of(to - from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) => low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);
}
