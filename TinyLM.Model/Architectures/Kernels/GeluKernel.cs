using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>GPT-2's GELU and its derivative in one pass.</summary>
/// <remarks>
/// Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415. ½x(1 + tanh(√(2/π)(x + 0.044715x³))) is x · σ(u) with
/// u = 2√(2/π)(x + 0.044715x³), so one exponential is enough.
/// </remarks>
internal static unsafe class GeluKernel
{
    private const float Linear = 1.5957691216057308f; // 2√(2/π)
    private const float Cubic = Linear * 0.044715f;

    /// <summary>y = GELU(x), and the slope GELU'(x) = σ + x σ (1 − σ) u'.</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="y">Overwritten; may be <paramref name="x"/>.</param>
    /// <param name="slope">Overwritten; null where it is not wanted.</param>
    /// <param name="count">How many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(void* x, void* y, void* slope, nint count)
        where T : struct, INumberFormat
    {
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            var v = T.Load(x, i);
            var gate = Gate(v);
            T.Store(v * gate, y, i);
            if (slope is not null) T.Store(Slope(v, gate), slope, i);
        }
        for (; i < count; i++)
        {
            var v = Vector512.Create(T.LoadOne(x, i));
            var gate = Gate(v);
            T.StoreOne((v * gate).ToScalar(), y, i);
            if (slope is not null) T.StoreOne(Slope(v, gate).ToScalar(), slope, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gate(Vector512<float> x)
    {
        var u = x * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(Cubic), Vector512.Create(Linear));
        return Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(-u));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Slope(Vector512<float> x, Vector512<float> gate)
    {
        var slopeOfU = Vector512.FusedMultiplyAdd(x * x, Vector512.Create(3 * Cubic), Vector512.Create(Linear));
        return Vector512.FusedMultiplyAdd(x * gate * (Vector512<float>.One - gate), slopeOfU, gate);
    }
}
