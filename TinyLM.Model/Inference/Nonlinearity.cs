using System.Numerics.Tensors;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Inference;

/// <summary>Functions of the forward pass that are not products.</summary>
internal static class Nonlinearity
{
    private const int Block = 512; // two blocks stay in the first-level cache

    /// <summary>GPT-2's GELU in place: ½x(1 + tanh(√(2/π)(x + 0.044715x³))).</summary>
    /// <remarks>
    /// Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415. Since ½(1 + tanh u) is the logistic function of 2u, it is
    /// computed as x / (1 + exp(−x(2√(2/π) + 2√(2/π) · 0.044715 x²))).
    /// </remarks>
    public static void Gelu(Span<float> x)
    {
        const float Linear = 1.5957691216057308f; // 2√(2/π)
        const float Cubic = Linear * 0.044715f;
        Span<float> buffer = stackalloc float[Block];
        while (!x.IsEmpty)
        {
            var block = x[..Math.Min(Block, x.Length)];
            var gate = buffer[..block.Length];
            TensorPrimitives.Multiply(block, block, gate);
            TensorPrimitives.Multiply(gate, Cubic, gate);
            TensorPrimitives.Add(gate, Linear, gate);
            TensorPrimitives.Multiply(gate, block, gate);
            TensorPrimitives.Negate<float>(gate, gate);
            VectorMath.Exp(gate);
            TensorPrimitives.Add(gate, 1, gate);
            TensorPrimitives.Divide(block, gate, block);
            x = x[block.Length..];
        }
    }

    /// <summary>SwiGLU, in place of the gate: g ← g σ(g) u.</summary>
    /// <remarks>Shazeer 2020, https://arxiv.org/abs/2002.05202.</remarks>
    /// <param name="gate">g.</param>
    /// <param name="expansion">u, as long.</param>
    public static void SwiGlu(Span<float> gate, ReadOnlySpan<float> expansion)
    {
        Span<float> buffer = stackalloc float[Block];
        for (var start = 0; start < gate.Length; start += Block)
        {
            var block = gate.Slice(start, Math.Min(Block, gate.Length - start));
            var divisor = buffer[..block.Length];
            TensorPrimitives.Negate<float>(block, divisor);
            VectorMath.Exp(divisor);
            TensorPrimitives.Add(divisor, 1, divisor);
            TensorPrimitives.Divide(block, divisor, block);
            TensorPrimitives.Multiply(block, expansion.Slice(start, block.Length), block);
        }
    }

    /// <summary>exp(scale · x) over its sum, in place; the greatest is taken off first, so that nothing overflows.</summary>
    /// <param name="x">At least one number.</param>
    /// <param name="scale">Positive.</param>
    public static void Softmax(Span<float> x, float scale)
    {
        TensorPrimitives.Subtract(x, TensorPrimitives.Max<float>(x), x);
        TensorPrimitives.Multiply(x, scale, x);
        VectorMath.Exp(x);
        TensorPrimitives.Divide(x, VectorMath.Sum(x), x);
    }
}
