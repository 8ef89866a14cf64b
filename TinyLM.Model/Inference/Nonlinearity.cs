using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SwiGlu(Span<float> gate, ReadOnlySpan<float> expansion)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(expansion.Length, gate.Length, nameof(expansion));
        ref var first = ref MemoryMarshal.GetReference(gate);
        ref var other = ref MemoryMarshal.GetReference(expansion);
        nuint i = 0;
        for (; i + 16 <= (nuint)gate.Length; i += 16)
        {
            var one = Vector512.LoadUnsafe(ref first, i);
            (one / (VectorMath.Exp(-one) + Vector512<float>.One) * Vector512.LoadUnsafe(ref other, i)).StoreUnsafe(ref first, i);
        }

        if (i == (nuint)gate.Length) return;
        Span<float> rest = stackalloc float[32];
        var (from, count) = ((int)i, gate.Length - (int)i);
        gate[from..].CopyTo(rest);
        expansion.Slice(from, count).CopyTo(rest[16..]);
        ref var last = ref MemoryMarshal.GetReference(rest);
        var tail = Vector512.LoadUnsafe(ref last);
        (tail / (VectorMath.Exp(-tail) + Vector512<float>.One) * Vector512.LoadUnsafe(ref last, 16)).StoreUnsafe(ref last);
        rest[..count].CopyTo(gate[from..]);
    }

    /// <summary>exp(scale · x) over its sum, in place; the greatest is taken off first, so that nothing overflows.</summary>
    /// <param name="x">At least one number.</param>
    /// <param name="scale">Positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(Span<float> x, float scale)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        var whole = (nuint)x.Length & ~(nuint)15;
        var greatest = float.NegativeInfinity;
        if (whole > 0)
        {
            var maxima = Vector512.LoadUnsafe(ref first);
            for (nuint i = 16; i < whole; i += 16) maxima = Vector512.MaxNative(maxima, Vector512.LoadUnsafe(ref first, i));
            for (var lane = 0; lane < 16; lane++) greatest = Math.Max(greatest, maxima[lane]);
        }

        for (var i = whole; i < (nuint)x.Length; i++) greatest = Math.Max(greatest, Unsafe.Add(ref first, i));

        var (top, factor) = (Vector512.Create(greatest), Vector512.Create(scale));
        for (nuint i = 0; i < whole; i += 16) VectorMath.Exp((Vector512.LoadUnsafe(ref first, i) - top) * factor).StoreUnsafe(ref first, i);
        if (whole < (nuint)x.Length)
        {
            Span<float> rest = stackalloc float[16];
            x[(int)whole..].CopyTo(rest);
            ref var last = ref MemoryMarshal.GetReference(rest);
            VectorMath.Exp((Vector512.LoadUnsafe(ref last) - top) * factor).StoreUnsafe(ref last);
            rest[..(x.Length - (int)whole)].CopyTo(x[(int)whole..]);
        }

        var sum = VectorMath.Sum(x);
        var sums = Vector512.Create(sum);
        for (nuint i = 0; i < whole; i += 16) (Vector512.LoadUnsafe(ref first, i) / sums).StoreUnsafe(ref first, i);
        for (var i = whole; i < (nuint)x.Length; i++) Unsafe.Add(ref first, i) /= sum;
    }
}
