using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inference;

/// <summary>Layer normalisation over the width of each row, with gain and bias.</summary>
/// <remarks>Ba et al. 2016, https://arxiv.org/abs/1607.06450; the biased variance, as GPT-2 has it.</remarks>
/// <param name="gain">(width).</param>
/// <param name="bias">(width).</param>
/// <param name="epsilon">Added to the variance.</param>
internal sealed class LayerNorm(ReadOnlyMemory<float> gain, ReadOnlyMemory<float> bias, float epsilon)
{
    /// <summary>y = (x − mean) / √(variance + ε) · gain + bias, row by row.</summary>
    public void Apply(Rows x, Rows y)
    {
        for (var r = 0; r < x.Count; r++) Apply(x[r], y[r]);
    }

    private void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        var mean = VectorMath.Sum(x) / x.Length;
        TensorPrimitives.Subtract(x, mean, y);
        var variance = VectorMath.SumOfSquares(y) / x.Length;
        TensorPrimitives.Multiply(y, 1 / MathF.Sqrt(variance + epsilon), y);
        TensorPrimitives.MultiplyAdd(y, gain.Span, bias.Span, y);
    }
}
