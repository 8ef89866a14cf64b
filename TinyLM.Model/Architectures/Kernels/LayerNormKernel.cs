using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>Layer normalisation of rows, forward and backward, each in one pass; x is fp32, y in either format.</summary>
/// <remarks>Ba et al. 2016, https://arxiv.org/abs/1607.06450: y = n ∘ gain + bias with n = (x − mean(x)) · r and r = 1 / √(variance(x) + ε).</remarks>
internal static unsafe class LayerNormKernel
{
    /// <summary>y of all rows.</summary>
    /// <param name="x">(rows, width).</param>
    /// <param name="gain">(width).</param>
    /// <param name="bias">(width).</param>
    /// <param name="y">(rows, width); overwritten.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="epsilon">ε.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<T>(float* x, float* gain, float* bias, void* y, nint rows, nint width, float epsilon)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++, x += width)
        {
            var (mean, scale) = Moments(x, width, epsilon);
            var (means, scales) = (Vector512.Create(mean), Vector512.Create(scale));
            var start = row * width;
            nint i = 0;
            for (; i <= width - 16; i += 16)
                T.Store(Vector512.FusedMultiplyAdd((Vector512.Load(x + i) - means) * scales, Vector512.Load(gain + i), Vector512.Load(bias + i)), y, start + i);
            for (; i < width; i++) T.StoreOne(MathF.FusedMultiplyAdd((x[i] - mean) * scale, gain[i], bias[i]), y, start + i);
        }
    }

    /// <summary>Gradients: of x, r (g − mean(g) − n mean(g ∘ n)) with g = gain ∘ dy; of the gain and the bias, the sums over the rows of dy ∘ n and dy.</summary>
    /// <param name="x">As it was forward.</param>
    /// <param name="gain">As it was forward.</param>
    /// <param name="gradientOfY">dy, (rows, width).</param>
    /// <param name="gradientOfX">(rows, width); overwritten.</param>
    /// <param name="gradientOfGain">(width); added to.</param>
    /// <param name="gradientOfBias">(width); added to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="epsilon">ε.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<T>(
        float* x, float* gain, void* gradientOfY, float* gradientOfX, float* gradientOfGain, float* gradientOfBias, nint rows, nint width, float epsilon)
        where T : struct, INumberFormat
    {
        for (nint row = 0; row < rows; row++, x += width, gradientOfX += width)
        {
            var (mean, scale) = Moments(x, width, epsilon);
            var (means, scales) = (Vector512.Create(mean), Vector512.Create(scale));
            var start = row * width;
            var (sums, products) = (Vector512<float>.Zero, Vector512<float>.Zero);
            nint i = 0;
            for (; i <= width - 16; i += 16)
            {
                var (normed, incoming) = ((Vector512.Load(x + i) - means) * scales, T.Load(gradientOfY, start + i));
                var gained = incoming * Vector512.Load(gain + i);
                sums += gained;
                products = Vector512.FusedMultiplyAdd(gained, normed, products);
                Vector512.FusedMultiplyAdd(incoming, normed, Vector512.Load(gradientOfGain + i)).Store(gradientOfGain + i);
                (Vector512.Load(gradientOfBias + i) + incoming).Store(gradientOfBias + i);
            }
            var (sum, product) = (Vector512.Sum(sums), Vector512.Sum(products));
            for (; i < width; i++)
            {
                var (normed, incoming) = ((x[i] - mean) * scale, T.LoadOne(gradientOfY, start + i));
                sum += incoming * gain[i];
                product += incoming * gain[i] * normed;
                gradientOfGain[i] += incoming * normed;
                gradientOfBias[i] += incoming;
            }

            var (pull, turn) = (sum / width, product / width);
            var (pulls, turns) = (Vector512.Create(pull), Vector512.Create(turn));
            i = 0;
            for (; i <= width - 16; i += 16)
            {
                var normed = (Vector512.Load(x + i) - means) * scales;
                ((T.Load(gradientOfY, start + i) * Vector512.Load(gain + i) - pulls - normed * turns) * scales).Store(gradientOfX + i);
            }
            for (; i < width; i++) gradientOfX[i] = (T.LoadOne(gradientOfY, start + i) * gain[i] - pull - (x[i] - mean) * scale * turn) * scale;
        }
    }

    /// <summary>Mean of a row, and 1 / √(variance + ε).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Mean, float Scale) Moments(float* x, nint width, float epsilon)
    {
        var sums = Vector512<float>.Zero;
        nint i = 0;
        for (; i <= width - 16; i += 16) sums += Vector512.Load(x + i);
        var sum = Vector512.Sum(sums);
        for (; i < width; i++) sum += x[i];

        var mean = sum / width;
        var means = Vector512.Create(mean);
        var squares = Vector512<float>.Zero;
        i = 0;
        for (; i <= width - 16; i += 16)
        {
            var centred = Vector512.Load(x + i) - means;
            squares = Vector512.FusedMultiplyAdd(centred, centred, squares);
        }
        var square = Vector512.Sum(squares);
        for (; i < width; i++) square += (x[i] - mean) * (x[i] - mean);
        return (mean, 1 / MathF.Sqrt(square / width + epsilon));
    }
}
