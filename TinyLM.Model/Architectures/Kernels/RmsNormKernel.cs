using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>Root-mean-square normalisation of rows, forward and backward, each in one pass; x is fp32, y in either format.</summary>
/// <remarks>Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467: y = x · r ∘ gain with r = 1 / √(mean(x²) + ε).</remarks>
internal static unsafe class RmsNormKernel
{
    /// <summary>y of all rows.</summary>
    /// <param name="x">(rows, width).</param>
    /// <param name="gain">(width).</param>
    /// <param name="y">(rows, width); overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="epsilon">ε.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(float* x, float* gain, void* y, nint rows, nint width, float epsilon)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++, x += width)
        {
            var scale = Scale(x, width, epsilon);
            var start = row * width;
            nint i = 0;
            for (; i <= width - 16; i += 16) T.Store(Vector512.Load(x + i) * scale * Vector512.Load(gain + i), y, start + i);
            for (; i < width; i++) T.StoreOne(x[i] * scale * gain[i], y, start + i);
        }
    }

    /// <summary>Gradients: of x, r (g − x r² mean(g ∘ x)) with g = gain ∘ dy; of the gain, the sum over the rows of dy ∘ x · r.</summary>
    /// <param name="x">As it was forward.</param>
    /// <param name="gain">As it was forward.</param>
    /// <param name="gradientOfY">dy, (rows, width).</param>
    /// <param name="gradientOfX">(rows, width); overwritten.</param>
    /// <param name="gradientOfGain">(width); added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="epsilon">ε.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(
        float* x, float* gain, void* gradientOfY, float* gradientOfX, float* gradientOfGain, nint rows, nint width, float epsilon)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++, x += width, gradientOfX += width)
        {
            var scale = Scale(x, width, epsilon);
            var start = row * width;
            var sums = Vector512<float>.Zero;
            nint i = 0;
            for (; i <= width - 16; i += 16) sums = Vector512.FusedMultiplyAdd(T.Load(gradientOfY, start + i) * Vector512.Load(gain + i), Vector512.Load(x + i), sums);
            var sum = Vector512.Sum(sums);
            for (; i < width; i++) sum += T.LoadOne(gradientOfY, start + i) * gain[i] * x[i];

            var pull = scale * scale * scale * sum / width;
            i = 0;
            for (; i <= width - 16; i += 16)
            {
                var (value, incoming) = (Vector512.Load(x + i), T.Load(gradientOfY, start + i) * scale);
                (incoming * Vector512.Load(gain + i) - value * pull).Store(gradientOfX + i);
                Vector512.FusedMultiplyAdd(incoming, value, Vector512.Load(gradientOfGain + i)).Store(gradientOfGain + i);
            }
            for (; i < width; i++)
            {
                var incoming = T.LoadOne(gradientOfY, start + i) * scale;
                gradientOfX[i] = incoming * gain[i] - x[i] * pull;
                gradientOfGain[i] += incoming * x[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Scale(float* x, nint width, float epsilon)
    {
        var sums = Vector512<float>.Zero;
        nint i = 0;
        for (; i <= width - 16; i += 16) sums = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(x + i), sums);
        var sum = Vector512.Sum(sums);
        for (; i < width; i++) sum += x[i] * x[i];
        return 1 / MathF.Sqrt(sum / width + epsilon);
    }
}
