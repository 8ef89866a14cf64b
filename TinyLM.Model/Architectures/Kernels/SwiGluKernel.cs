using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

// M = width inside the feed-forward layer

/// <summary>SwiGLU and its derivative, each in one pass: y = g σ(g) u for a gate g and an expansion u that lie side by side.</summary>
/// <remarks>Shazeer 2020, https://arxiv.org/abs/2002.05202.</remarks>
internal static unsafe class SwiGluKernel
{
    /// <summary>y of all rows.</summary>
    /// <param name="x">(rows, 2M): gate, expansion.</param>
    /// <param name="y">(rows, M); overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">M.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(void* x, void* y, nint rows, nint width)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++)
        {
            var (gate, up, result) = (2 * row * width, (2 * row + 1) * width, row * width);
            nint i = 0;
            for (; i <= width - 16; i += 16)
            {
                var g = T.Load(x, gate + i);
                T.Store(g * Logistic(g) * T.Load(x, up + i), y, result + i);
            }
            for (; i < width; i++)
            {
                var g = T.LoadOne(x, gate + i);
                T.StoreOne(g * Logistic(Vector512.Create(g)).ToScalar() * T.LoadOne(x, up + i), y, result + i);
            }
        }
    }

    /// <summary>Gradients: of the gate, dy u σ(g) (1 + g (1 − σ(g))); of the expansion, dy g σ(g).</summary>
    /// <param name="x">As it was forward.</param>
    /// <param name="gradientOfY">dy, (rows, M).</param>
    /// <param name="gradientOfX">(rows, 2M); overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">M.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(void* x, void* gradientOfY, void* gradientOfX, nint rows, nint width)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++)
        {
            var (gate, up, result) = (2 * row * width, (2 * row + 1) * width, row * width);
            nint i = 0;
            for (; i <= width - 16; i += 16)
            {
                var (g, u, incoming) = (T.Load(x, gate + i), T.Load(x, up + i), T.Load(gradientOfY, result + i));
                var logistic = Logistic(g);
                T.Store(incoming * u * Slope(g, logistic), gradientOfX, gate + i);
                T.Store(incoming * g * logistic, gradientOfX, up + i);
            }
            for (; i < width; i++)
            {
                var (g, u, incoming) = (T.LoadOne(x, gate + i), T.LoadOne(x, up + i), T.LoadOne(gradientOfY, result + i));
                var logistic = Logistic(Vector512.Create(g));
                T.StoreOne(incoming * u * Slope(Vector512.Create(g), logistic).ToScalar(), gradientOfX, gate + i);
                T.StoreOne(incoming * g * logistic.ToScalar(), gradientOfX, up + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Logistic(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Slope(Vector512<float> x, Vector512<float> logistic) =>
        logistic * Vector512.FusedMultiplyAdd(x, Vector512<float>.One - logistic, Vector512<float>.One);
}
