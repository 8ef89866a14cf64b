using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Architectures.Kernels;

// V = vocabulary

/// <summary>Cross-entropy of a softmax, and its gradient written over the logits, one row after the other while it is near.</summary>
internal static unsafe class CrossEntropyKernel
{
    /// <summary>The summed loss of rows of logits; each logit becomes its gradient: (softmax − [is target]) · scale.</summary>
    /// <param name="logits">(rows, V); overwritten.</param>
    /// <param name="targets">The id that each row should have told, (rows).</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="scale">1 / the number of tokens that the loss is the mean of.</param>
    /// <returns>Sum over the rows of −ln softmax[target], in nats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double LossAndGradient<T>(void* logits, long* targets, nint rows, nint vocabulary, float scale)
        where T : struct, INumberFormat
    {
        var exponentials = (float*)NativeMemory.AlignedAlloc((nuint)(vocabulary + 16) * sizeof(float), 64);
        try
        {
            var loss = 0.0;
            for (nint row = 0; row < rows; row++)
            {
                var line = (byte*)logits + row * vocabulary * T.Size;
                var target = (nint)targets[row];
                var atTarget = T.LoadOne(line, target);
                var greatest = Greatest<T>(line, vocabulary);
                var sum = Exponentials<T>(line, vocabulary, greatest, exponentials);
                loss += Math.Log(sum) + greatest - atTarget;

                var factor = (float)(scale / sum);
                nint i = 0;
                for (; i <= vocabulary - 16; i += 16) T.Store(Vector512.Load(exponentials + i) * factor, line, i);
                for (; i < vocabulary; i++) T.StoreOne(exponentials[i] * factor, line, i);
                T.StoreOne(exponentials[target] * factor - scale, line, target);
            }
            return loss;
        }
        finally
        {
            NativeMemory.AlignedFree(exponentials);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Greatest<T>(void* line, nint vocabulary)
        where T : struct, INumberFormat
    {
        var greatest = Vector512.Create(float.NegativeInfinity);
        nint i = 0;
        for (; i <= vocabulary - 16; i += 16) greatest = Vector512.Max(greatest, T.Load(line, i));
        var result = float.NegativeInfinity;
        for (var lane = 0; lane < 16; lane++) result = MathF.Max(result, greatest[lane]);
        for (; i < vocabulary; i++) result = MathF.Max(result, T.LoadOne(line, i));
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Exponentials<T>(void* line, nint vocabulary, float greatest, float* exponentials)
        where T : struct, INumberFormat
    {
        var shift = Vector512.Create(greatest);
        var sum = Vector512<float>.Zero;
        nint i = 0;
        for (; i <= vocabulary - 16; i += 16)
        {
            var e = VectorMath.Exp(T.Load(line, i) - shift);
            e.Store(exponentials + i);
            sum += e;
        }
        var total = (double)Vector512.Sum(sum);
        for (; i < vocabulary; i++)
        {
            exponentials[i] = VectorMath.Exp(Vector512.Create(T.LoadOne(line, i) - greatest)).ToScalar();
            total += exponentials[i];
        }
        return total;
    }
}
