using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Numerics;

/// <summary>Functions on registers that give the same bits on every machine, however far the compiler has got, and wherever the numbers lie in memory.</summary>
/// <remarks>
/// Those of .NET do not: they use products whose rounding is left open, sums that begin at an aligned address, and in fp32 double
/// precision, which takes twice as long.
/// </remarks>
internal static class VectorMath
{
    /// <summary>eˣ, within 2 units of the last place; 0 far below, infinity far above, NaN for NaN.</summary>
    /// <remarks>Moshier's Cephes, expf: x = n ln 2 + r, and a polynomial of degree 5 in r.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Beyond these the result is 0 or infinite anyway; Min and Max hand NaN on.
        var clamped = Vector512.Max(Vector512.Min(x, Vector512.Create(89f)), Vector512.Create(-104f));
        var n = Vector512.Round(clamped * Vector512.Create(1.44269504f));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);

        // 2ⁿ in two factors, for n runs beyond what one exponent holds.
        var whole = Vector512.ConvertToInt32(n);
        var half = whole >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(whole - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) => ((exponent + Vector512.Create(127)) << 23).AsSingle();

    /// <summary>eˣ of each number, within a unit of the last place; 0 far below, infinity far above, NaN for NaN.</summary>
    /// <remarks>x = n ln 2 + r, and the Taylor polynomial of degree 13 in r.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        var clamped = Vector512.Max(Vector512.Min(x, Vector512.Create(710.0)), Vector512.Create(-746.0));
        var n = Vector512.Round(clamped * Vector512.Create(1.4426950408889634));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-6.93147180369123816490e-01), clamped);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-1.90821492927058770002e-10), r);
        var p = Vector512.Create(1 / 6227020800.0);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 479001600.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 39916800.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 3628800.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 362880.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 40320.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 5040.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 720.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 120.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 24.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 6.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<double>.One);

        var whole = Vector512.ConvertToInt64(n);
        var half = whole >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(whole - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<long> exponent) => ((exponent + Vector512.Create(1023L)) << 52).AsDouble();

    /// <summary>e to each number, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // early code would be 8 times slower
    public static void Exp(Span<double> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        nuint i = 0;
        for (; i + 8 <= (nuint)x.Length; i += 8) Exp(Vector512.LoadUnsafe(ref first, i)).StoreUnsafe(ref first, i);
        if (i == (nuint)x.Length) return;
        Span<double> rest = stackalloc double[8];
        x[(int)i..].CopyTo(rest);
        ref var last = ref MemoryMarshal.GetReference(rest);
        Exp(Vector512.LoadUnsafe(ref last)).StoreUnsafe(ref last);
        rest[..(x.Length - (int)i)].CopyTo(x[(int)i..]);
    }

    /// <summary>e to each number, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Exp(Span<float> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        nuint i = 0;
        for (; i + 16 <= (nuint)x.Length; i += 16) Exp(Vector512.LoadUnsafe(ref first, i)).StoreUnsafe(ref first, i);
        if (i == (nuint)x.Length) return;
        Span<float> rest = stackalloc float[16];
        x[(int)i..].CopyTo(rest);
        ref var last = ref MemoryMarshal.GetReference(rest);
        Exp(Vector512.LoadUnsafe(ref last)).StoreUnsafe(ref last);
        rest[..(x.Length - (int)i)].CopyTo(x[(int)i..]);
    }

    /// <summary>The sum, added in an order that the length alone decides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(ReadOnlySpan<double> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        Vector512<double> a = default, b = default;
        nuint i = 0;
        for (; i + 16 <= (nuint)x.Length; i += 16)
        {
            a += Vector512.LoadUnsafe(ref first, i);
            b += Vector512.LoadUnsafe(ref first, i + 8);
        }

        var sum = 0.0;
        a += b;
        for (var lane = 0; lane < 8; lane++) sum += a[lane];
        for (; i < (nuint)x.Length; i++) sum += Unsafe.Add(ref first, i);
        return sum;
    }

    /// <summary>The sum, added in an order that the length alone decides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(ReadOnlySpan<float> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        Vector512<float> a = default, b = default;
        nuint i = 0;
        for (; i + 32 <= (nuint)x.Length; i += 32)
        {
            a += Vector512.LoadUnsafe(ref first, i);
            b += Vector512.LoadUnsafe(ref first, i + 16);
        }

        var sum = 0f;
        a += b;
        for (var lane = 0; lane < 16; lane++) sum += a[lane];
        for (; i < (nuint)x.Length; i++) sum += Unsafe.Add(ref first, i);
        return sum;
    }

    /// <summary>The sum of the squares, added in an order that the length alone decides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOfSquares(ReadOnlySpan<float> x)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        Vector512<float> a = default, b = default;
        nuint i = 0;
        for (; i + 32 <= (nuint)x.Length; i += 32)
        {
            var (low, high) = (Vector512.LoadUnsafe(ref first, i), Vector512.LoadUnsafe(ref first, i + 16));
            a = Vector512.FusedMultiplyAdd(low, low, a);
            b = Vector512.FusedMultiplyAdd(high, high, b);
        }

        var sum = 0f;
        a += b;
        for (var lane = 0; lane < 16; lane++) sum += a[lane];
        for (; i < (nuint)x.Length; i++) sum = float.FusedMultiplyAdd(Unsafe.Add(ref first, i), Unsafe.Add(ref first, i), sum);
        return sum;
    }
}
