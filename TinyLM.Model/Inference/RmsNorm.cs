using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inference;

/// <summary>Root-mean-square normalisation over the width of each row, with a gain.</summary>
/// <remarks>Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467.</remarks>
/// <param name="gain">(width).</param>
/// <param name="epsilon">Added to the mean square.</param>
internal sealed class RmsNorm(ReadOnlyMemory<float> gain, float epsilon)
{
    /// <summary>y = x / √(mean(x²) + ε) · gain, row by row.</summary>
    public void Apply(Rows x, Rows y)
    {
        for (var r = 0; r < x.Count; r++)
        {
            var row = x[r];
            var result = y[r];
            TensorPrimitives.Multiply(row, 1 / MathF.Sqrt(VectorMath.SumOfSquares(row) / row.Length + epsilon), result);
            TensorPrimitives.Multiply(result, gain.Span, result);
        }
    }
}
