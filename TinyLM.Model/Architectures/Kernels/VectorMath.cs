using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>Functions on registers, in fp32 throughout; those of .NET go through double precision and take twice as long.</summary>
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
}
