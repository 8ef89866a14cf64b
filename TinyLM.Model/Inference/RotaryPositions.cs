using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Inference;

// D = size of a head

/// <summary>Turns queries and keys by the angles of their positions.</summary>
/// <remarks>Su et al. 2021, https://arxiv.org/abs/2104.09864; the pairs are i and i + D/2 of a head, as in Hugging Face's files.</remarks>
internal sealed class RotaryPositions(ModelConfig config)
{
    private readonly RotaryTable _angles = new(config, config.ContextLength);

    /// <summary>Turns heads that lie side by side, in place.</summary>
    /// <param name="rows">(rows, at least <paramref name="headCount"/> · D) of consecutive positions.</param>
    /// <param name="headCount">Heads to turn.</param>
    /// <param name="position">The position of the first row.</param>
    public void Apply(Rows rows, int headCount, int position)
    {
        var pairs = _angles.Pairs;
        for (var r = 0; r < rows.Count; r++)
        {
            var cosines = _angles.Cosines.AsSpan((position + r) * pairs, pairs);
            var sines = _angles.Sines.AsSpan((position + r) * pairs, pairs);
            for (var head = 0; head < headCount; head++)
            {
                var x = rows.Values.Slice(r * rows.Stride + head * 2 * pairs, pairs);
                var y = rows.Values.Slice(r * rows.Stride + (head * 2 + 1) * pairs, pairs);
                Turn(x, y, cosines, sines);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<float> x, Span<float> y, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        ref var x0 = ref MemoryMarshal.GetReference(x);
        ref var y0 = ref MemoryMarshal.GetReference(y);
        ref var cosine = ref MemoryMarshal.GetReference(cosines);
        ref var sine = ref MemoryMarshal.GetReference(sines);
        nuint i = 0;
        for (; i + 4 <= (nuint)x.Length; i += 4)
        {
            var (a, b) = (Vector128.LoadUnsafe(ref x0, i), Vector128.LoadUnsafe(ref y0, i));
            var (c, s) = (Vector128.LoadUnsafe(ref cosine, i), Vector128.LoadUnsafe(ref sine, i));
            (a * c - b * s).StoreUnsafe(ref x0, i);
            (b * c + a * s).StoreUnsafe(ref y0, i);
        }

        for (var rest = (int)i; rest < x.Length; rest++)
            (x[rest], y[rest]) = (x[rest] * cosines[rest] - y[rest] * sines[rest], y[rest] * cosines[rest] + x[rest] * sines[rest]);
    }
}
