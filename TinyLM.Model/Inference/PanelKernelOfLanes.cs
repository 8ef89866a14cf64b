using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TinyLM.Model.Inference;

// Tiles are 4 rows by 2 registers: 8 sums in flight hide the latency of a fused multiply-add, and even 16 registers suffice.
// AggressiveOptimization: the first token must not run in unoptimised code, which is 8 times slower.

/// <summary>The product at one register width; a panel is two registers wide.</summary>
internal sealed class PanelKernel<TLanes, TVector> : PanelKernel
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int TileRows = 4;

    public override int PanelWidth => 2 * TLanes.Count;

    protected override void MultiplyAddChecked(Rows x, Panels w, Rows y)
    {
        var panels = PanelCount(w.Outputs);
        for (var panel = 0; panel < panels; panel++)
        {
            var column = panel * PanelWidth;
            var outputs = Math.Min(PanelWidth, w.Outputs - column);
            ref var weights = ref MemoryMarshal.GetReference(w.Values[(panel * w.Stride)..]);
            var row = 0;
            for (; row + TileRows <= x.Count; row += TileRows)
            {
                FourRows(
                    ref MemoryMarshal.GetReference(x.Values[(row * x.Stride)..]), x.Stride, ref weights, w.Depth,
                    ref MemoryMarshal.GetReference(y.Values[(row * y.Stride + column)..]), y.Stride, outputs);
            }

            for (; row < x.Count; row++)
            {
                OneRow(
                    ref MemoryMarshal.GetReference(x.Values[(row * x.Stride)..]), ref weights, w.Depth,
                    ref MemoryMarshal.GetReference(y.Values[(row * y.Stride + column)..]), outputs);
            }
        }
    }

    /// <summary>Four rows share each weight that is loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(ref float x, nint xStride, ref float weights, nint depth, ref float y, nint yStride, int outputs)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        ref var xb = ref Unsafe.Add(ref x, xStride);
        ref var xc = ref Unsafe.Add(ref xb, xStride);
        ref var xd = ref Unsafe.Add(ref xc, xStride);
        for (nint k = 0; k < depth; k++)
        {
            var w0 = TLanes.Load(ref weights);
            var w1 = TLanes.Load(ref Unsafe.Add(ref weights, TLanes.Count));
            weights = ref Unsafe.Add(ref weights, 2 * TLanes.Count);
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

        if (outputs == 2 * TLanes.Count)
        {
            AddTo(ref y, a0, a1);
            AddTo(ref Unsafe.Add(ref y, yStride), b0, b1);
            AddTo(ref Unsafe.Add(ref y, 2 * yStride), c0, c1);
            AddTo(ref Unsafe.Add(ref y, 3 * yStride), d0, d1);
            return;
        }

        // No sum may live across a call: the compiler would keep it in memory in the loop above too.
        Span<float> sums = stackalloc float[TileRows * 2 * TLanes.Count];
        ref var sum = ref MemoryMarshal.GetReference(sums);
        StorePair(ref sum, a0, a1);
        StorePair(ref Unsafe.Add(ref sum, 2 * TLanes.Count), b0, b1);
        StorePair(ref Unsafe.Add(ref sum, 4 * TLanes.Count), c0, c1);
        StorePair(ref Unsafe.Add(ref sum, 6 * TLanes.Count), d0, d1);
        for (var row = 0; row < TileRows; row++)
            AddSomeTo(ref Unsafe.Add(ref y, row * yStride), ref Unsafe.Add(ref sum, row * 2 * TLanes.Count), outputs);
    }

    /// <summary>One row: four inputs at a time, so that again 8 sums are in flight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(ref float x, ref float weights, nint depth, ref float y, int outputs)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        nint k = 0;
        for (; k + 4 <= depth; k += 4)
        {
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, TLanes.Load(ref weights), a0);
            a1 = TLanes.MultiplyAdd(a, TLanes.Load(ref Unsafe.Add(ref weights, TLanes.Count)), a1);
            var b = TLanes.Broadcast(Unsafe.Add(ref x, k + 1));
            b0 = TLanes.MultiplyAdd(b, TLanes.Load(ref Unsafe.Add(ref weights, 2 * TLanes.Count)), b0);
            b1 = TLanes.MultiplyAdd(b, TLanes.Load(ref Unsafe.Add(ref weights, 3 * TLanes.Count)), b1);
            var c = TLanes.Broadcast(Unsafe.Add(ref x, k + 2));
            c0 = TLanes.MultiplyAdd(c, TLanes.Load(ref Unsafe.Add(ref weights, 4 * TLanes.Count)), c0);
            c1 = TLanes.MultiplyAdd(c, TLanes.Load(ref Unsafe.Add(ref weights, 5 * TLanes.Count)), c1);
            var d = TLanes.Broadcast(Unsafe.Add(ref x, k + 3));
            d0 = TLanes.MultiplyAdd(d, TLanes.Load(ref Unsafe.Add(ref weights, 6 * TLanes.Count)), d0);
            d1 = TLanes.MultiplyAdd(d, TLanes.Load(ref Unsafe.Add(ref weights, 7 * TLanes.Count)), d1);
            weights = ref Unsafe.Add(ref weights, 8 * TLanes.Count);
        }

        for (; k < depth; k++)
        {
            var a = TLanes.Broadcast(Unsafe.Add(ref x, k));
            a0 = TLanes.MultiplyAdd(a, TLanes.Load(ref weights), a0);
            a1 = TLanes.MultiplyAdd(a, TLanes.Load(ref Unsafe.Add(ref weights, TLanes.Count)), a1);
            weights = ref Unsafe.Add(ref weights, 2 * TLanes.Count);
        }

        var (low, high) = (TLanes.Add(TLanes.Add(a0, b0), TLanes.Add(c0, d0)), TLanes.Add(TLanes.Add(a1, b1), TLanes.Add(c1, d1)));
        if (outputs == 2 * TLanes.Count)
        {
            AddTo(ref y, low, high);
            return;
        }

        Span<float> sums = stackalloc float[2 * TLanes.Count];
        StorePair(ref MemoryMarshal.GetReference(sums), low, high);
        AddSomeTo(ref y, ref MemoryMarshal.GetReference(sums), outputs);
    }

    /// <summary>Adds the sums of a whole panel to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(ref float y, TVector low, TVector high)
    {
        ref var upper = ref Unsafe.Add(ref y, TLanes.Count);
        TLanes.Store(TLanes.Add(TLanes.Load(ref y), low), ref y);
        TLanes.Store(TLanes.Add(TLanes.Load(ref upper), high), ref upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(ref float destination, TVector low, TVector high)
    {
        TLanes.Store(low, ref destination);
        TLanes.Store(high, ref Unsafe.Add(ref destination, TLanes.Count));
    }

    /// <summary>Adds the first sums of a panel that is part empty.</summary>
    private static void AddSomeTo(ref float y, ref float sums, int outputs)
    {
        for (var o = 0; o < outputs; o++) Unsafe.Add(ref y, o) += Unsafe.Add(ref sums, o);
    }
}
