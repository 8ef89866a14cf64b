using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>GPT-2's GELU and its derivative, each in one pass.</summary>
/// <remarks>
/// Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415. ½x(1 + tanh(√(2/π)(x + 0.044715x³))) is x · σ(u) with
/// u = 2√(2/π)(x + 0.044715x³), so one exponential is enough.
/// </remarks>
internal static unsafe class GeluKernel
{
    private const float Linear = 1.5957691216057308f; // 2√(2/π)
    private const float Cubic = Linear * 0.044715f;

    /// <summary>y = GELU(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(void* x, void* y, nint count)
        where T : struct, INumberFormat
    {
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            var v = T.Load(x, i);
            T.Store(v * Gate(v), y, i);
        }
        for (; i < count; i++)
        {
            var v = T.LoadOne(x, i);
            T.StoreOne(v * Gate(Vector512.Create(v)).ToScalar(), y, i);
        }
    }

    /// <summary>gradient of x = gradient of y · GELU'(x), where GELU' = σ + x σ (1 − σ) u'.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(void* x, void* gradientOfY, void* gradientOfX, nint count)
        where T : struct, INumberFormat
    {
        nint i = 0;
        for (; i <= count - 16; i += 16) T.Store(T.Load(gradientOfY, i) * Slope(T.Load(x, i)), gradientOfX, i);
        for (; i < count; i++) T.StoreOne(T.LoadOne(gradientOfY, i) * Slope(Vector512.Create(T.LoadOne(x, i))).ToScalar(), gradientOfX, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gate(Vector512<float> x)
    {
        var u = x * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(Cubic), Vector512.Create(Linear));
        return Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(-u));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Slope(Vector512<float> x)
    {
        var gate = Gate(x);
        var slopeOfU = Vector512.FusedMultiplyAdd(x * x, Vector512.Create(3 * Cubic), Vector512.Create(Linear));
        return Vector512.FusedMultiplyAdd(x * gate * (Vector512<float>.One - gate), slopeOfU, gate);
    }
}
