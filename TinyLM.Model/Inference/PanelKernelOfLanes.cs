using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TinyLM.Model.Inference;

// Each output is two sums, one over the even inputs and one over the odd: for a single row that keeps 4 sums in flight, which hides
// the latency of a fused multiply-add, and for 4 rows 16. Where registers are few, tiles have 2 rows. Every tile adds in this same
// order, so the bits of a row do not tell which tile it was in.
// AggressiveOptimization: the first token must not run in unoptimised code, which is 8 times slower.

/// <summary>The product at one register width; a panel is two registers wide.</summary>
internal sealed class PanelKernel<TLanes, TVector>(WeightFormat weightFormat, int threads = 1) : PanelKernel(weightFormat, threads)
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int TileRows = 4;

    public override int PanelWidth => 2 * TLanes.Count;

    protected override void MultiplyAdd(Rows x, Panels w, Rows y, int firstPanel, int endPanel)
    {
        if (w.Format == WeightFormat.Bf16) Multiply<Bf16Loads<TLanes, TVector>>(x, w, y, firstPanel, endPanel);
        else Multiply<Fp32Loads<TLanes, TVector>>(x, w, y, firstPanel, endPanel);
    }

    private void Multiply<TLoads>(Rows x, Panels w, Rows y, int firstPanel, int endPanel)
        where TLoads : struct, IWeightLoads<TVector>
    {
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            var column = panel * PanelWidth;
            var outputs = Math.Min(PanelWidth, w.Outputs - column);
            ref var weights = ref MemoryMarshal.GetReference(w.Values[(panel * w.Stride)..]);
            var row = 0;
            for (; TLanes.HasManyRegisters && row + TileRows <= x.Count; row += TileRows)
            {
                FourRows<TLoads>(
                    ref MemoryMarshal.GetReference(x.Values[(row * x.Stride)..]), x.Stride, ref weights, w.Depth,
                    ref MemoryMarshal.GetReference(y.Values[(row * y.Stride + column)..]), y.Stride, outputs);
            }

            for (; row + 2 <= x.Count; row += 2)
            {
                TwoRows<TLoads>(
                    ref MemoryMarshal.GetReference(x.Values[(row * x.Stride)..]), x.Stride, ref weights, w.Depth,
                    ref MemoryMarshal.GetReference(y.Values[(row * y.Stride + column)..]), y.Stride, outputs);
            }

            for (; row < x.Count; row++)
            {
                OneRow<TLoads>(
                    ref MemoryMarshal.GetReference(x.Values[(row * x.Stride)..]), ref weights, w.Depth,
                    ref MemoryMarshal.GetReference(y.Values[(row * y.Stride + column)..]), outputs);
            }
        }
    }

    /// <summary>Four rows share each weight that is loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows<TLoads>(ref float x, nint xStride, ref float weights, nint depth, ref float y, nint yStride, int outputs)
        where TLoads : struct, IWeightLoads<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        TVector c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        ref var xb = ref Unsafe.Add(ref x, xStride);
        ref var xc = ref Unsafe.Add(ref xb, xStride);
        ref var xd = ref Unsafe.Add(ref xc, xStride);
        nint k = 0;
        for (; k + 1 < depth; k += 2)
        {
            var w0 = TLoads.Even(ref weights, 0);
            var w1 = TLoads.Even(ref weights, 1);
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, w0, a0);
            a1 = TLanes.MultiplyAdd(a, w1, a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref xb, k));
            b0 = TLanes.MultiplyAdd(b, w0, b0);
            b1 = TLanes.MultiplyAdd(b, w1, b1);
            var c = TLanes.Broadcast(Unsafe.Add(ref xc, k));
            c0 = TLanes.MultiplyAdd(c, w0, c0);
            c1 = TLanes.MultiplyAdd(c, w1, c1);
            var d = TLanes.Broadcast(Unsafe.Add(ref xd, k));
            d0 = TLanes.MultiplyAdd(d, w0, d0);
            d1 = TLanes.MultiplyAdd(d, w1, d1);
            w0 = TLoads.Odd(ref weights, 0);
            w1 = TLoads.Odd(ref weights, 1);
            a = TLanes.Broadcast(Unsafe.Add(ref x, k + 1));
            a2 = TLanes.MultiplyAdd(a, w0, a2);
            a3 = TLanes.MultiplyAdd(a, w1, a3);
            b = TLanes.Broadcast(Unsafe.Add(ref xb, k + 1));
            b2 = TLanes.MultiplyAdd(b, w0, b2);
            b3 = TLanes.MultiplyAdd(b, w1, b3);
            c = TLanes.Broadcast(Unsafe.Add(ref xc, k + 1));
            c2 = TLanes.MultiplyAdd(c, w0, c2);
            c3 = TLanes.MultiplyAdd(c, w1, c3);
            d = TLanes.Broadcast(Unsafe.Add(ref xd, k + 1));
            d2 = TLanes.MultiplyAdd(d, w0, d2);
            d3 = TLanes.MultiplyAdd(d, w1, d3);
            weights = ref Unsafe.Add(ref weights, TLoads.PairLength);
        }

        if (k < depth)
        {
            var w0 = TLoads.Even(ref weights, 0);
            var w1 = TLoads.Even(ref weights, 1);
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, w0, a0);
            a1 = TLanes.MultiplyAdd(a, w1, a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref xb, k));
            b0 = TLanes.MultiplyAdd(b, w0, b0);
            b1 = TLanes.MultiplyAdd(b, w1, b1);
            var c = TLanes.Broadcast(Unsafe.Add(ref xc, k));
            c0 = TLanes.MultiplyAdd(c, w0, c0);
            c1 = TLanes.MultiplyAdd(c, w1, c1);
            var d = TLanes.Broadcast(Unsafe.Add(ref xd, k));
            d0 = TLanes.MultiplyAdd(d, w0, d0);
            d1 = TLanes.MultiplyAdd(d, w1, d1);
        }

        // No sum may live across a call: the compiler would keep it in memory in the loop above too.
        Span<float> sums = stackalloc float[TileRows * 2 * TLanes.Count];
        ref var sum = ref MemoryMarshal.GetReference(sums);
        StorePair(ref sum, TLanes.Add(a0, a2), TLanes.Add(a1, a3));
        StorePair(ref Unsafe.Add(ref sum, 2 * TLanes.Count), TLanes.Add(b0, b2), TLanes.Add(b1, b3));
        StorePair(ref Unsafe.Add(ref sum, 4 * TLanes.Count), TLanes.Add(c0, c2), TLanes.Add(c1, c3));
        StorePair(ref Unsafe.Add(ref sum, 6 * TLanes.Count), TLanes.Add(d0, d2), TLanes.Add(d1, d3));
        for (var row = 0; row < TileRows; row++) AddTo(ref Unsafe.Add(ref y, row * yStride), ref Unsafe.Add(ref sum, row * 2 * TLanes.Count), outputs);
    }

    /// <summary>Two rows share each weight that is loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows<TLoads>(ref float x, nint xStride, ref float weights, nint depth, ref float y, nint yStride, int outputs)
        where TLoads : struct, IWeightLoads<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        ref var xb = ref Unsafe.Add(ref x, xStride);
        nint k = 0;
        for (; k + 1 < depth; k += 2)
        {
            var w0 = TLoads.Even(ref weights, 0);
            var w1 = TLoads.Even(ref weights, 1);
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, w0, a0);
            a1 = TLanes.MultiplyAdd(a, w1, a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref xb, k));
            b0 = TLanes.MultiplyAdd(b, w0, b0);
            b1 = TLanes.MultiplyAdd(b, w1, b1);
            w0 = TLoads.Odd(ref weights, 0);
            w1 = TLoads.Odd(ref weights, 1);
            a = TLanes.Broadcast(Unsafe.Add(ref x, k + 1));
            a2 = TLanes.MultiplyAdd(a, w0, a2);
            a3 = TLanes.MultiplyAdd(a, w1, a3);
            b = TLanes.Broadcast(Unsafe.Add(ref xb, k + 1));
            b2 = TLanes.MultiplyAdd(b, w0, b2);
            b3 = TLanes.MultiplyAdd(b, w1, b3);
            weights = ref Unsafe.Add(ref weights, TLoads.PairLength);
        }

        if (k < depth)
        {
            var w0 = TLoads.Even(ref weights, 0);
            var w1 = TLoads.Even(ref weights, 1);
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, w0, a0);
            a1 = TLanes.MultiplyAdd(a, w1, a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref xb, k));
            b0 = TLanes.MultiplyAdd(b, w0, b0);
            b1 = TLanes.MultiplyAdd(b, w1, b1);
        }

        Span<float> sums = stackalloc float[4 * TLanes.Count];
        ref var sum = ref MemoryMarshal.GetReference(sums);
        StorePair(ref sum, TLanes.Add(a0, a2), TLanes.Add(a1, a3));
        StorePair(ref Unsafe.Add(ref sum, 2 * TLanes.Count), TLanes.Add(b0, b2), TLanes.Add(b1, b3));
        AddTo(ref y, ref sum, outputs);
        AddTo(ref Unsafe.Add(ref y, yStride), ref Unsafe.Add(ref sum, 2 * TLanes.Count), outputs);
    }

    /// <summary>One row: a token alone reads every weight once, in the order of the memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow<TLoads>(ref float x, ref float weights, nint depth, ref float y, int outputs)
        where TLoads : struct, IWeightLoads<TVector>
    {
        TVector a0 = default, a1 = default, a2 = default, a3 = default;
        nint k = 0;
        for (; k + 3 < depth; k += 4)
        {
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, TLoads.Even(ref weights, 0), a0);
            a1 = TLanes.MultiplyAdd(a, TLoads.Even(ref weights, 1), a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref x, k + 1));
            a2 = TLanes.MultiplyAdd(b, TLoads.Odd(ref weights, 0), a2);
            a3 = TLanes.MultiplyAdd(b, TLoads.Odd(ref weights, 1), a3);
            ref var next = ref Unsafe.Add(ref weights, TLoads.PairLength);
            var c = TLanes.Broadcast(Unsafe.Add(ref x, k + 2));
            a0 = TLanes.MultiplyAdd(c, TLoads.Even(ref next, 0), a0);
            a1 = TLanes.MultiplyAdd(c, TLoads.Even(ref next, 1), a1);
            var d = TLanes.Broadcast(Unsafe.Add(ref x, k + 3));
            a2 = TLanes.MultiplyAdd(d, TLoads.Odd(ref next, 0), a2);
            a3 = TLanes.MultiplyAdd(d, TLoads.Odd(ref next, 1), a3);
            weights = ref Unsafe.Add(ref weights, 2 * TLoads.PairLength);
        }

        for (; k < depth; k++)
        {
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            if ((k & 1) == 0)
            {
                a0 = TLanes.MultiplyAdd(a, TLoads.Even(ref weights, 0), a0);
                a1 = TLanes.MultiplyAdd(a, TLoads.Even(ref weights, 1), a1);
            }
            else
            {
                a2 = TLanes.MultiplyAdd(a, TLoads.Odd(ref weights, 0), a2);
                a3 = TLanes.MultiplyAdd(a, TLoads.Odd(ref weights, 1), a3);
                weights = ref Unsafe.Add(ref weights, TLoads.PairLength);
            }
        }

        Span<float> sums = stackalloc float[2 * TLanes.Count];
        ref var sum = ref MemoryMarshal.GetReference(sums);
        StorePair(ref sum, TLanes.Add(a0, a2), TLanes.Add(a1, a3));
        AddTo(ref y, ref sum, outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(ref float destination, TVector low, TVector high)
    {
        TLanes.Store(low, ref destination);
        TLanes.Store(high, ref Unsafe.Add(ref destination, TLanes.Count));
    }

    /// <summary>Adds the first sums of a panel to y; all of them where it is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref float y, ref float sums, int outputs)
    {
        if (outputs == 2 * TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(ref y), TLanes.Load(ref sums)), ref y);
            ref var upper = ref Unsafe.Add(ref y, TLanes.Count);
            TLanes.Store(TLanes.Add(TLanes.Load(ref upper), TLanes.Load(ref Unsafe.Add(ref sums, TLanes.Count))), ref upper);
            return;
        }

        for (var o = 0; o < outputs; o++) Unsafe.Add(ref y, o) += Unsafe.Add(ref sums, o);
    }
}
