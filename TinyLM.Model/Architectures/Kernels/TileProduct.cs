using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>C = A · B for 8 rows: the inner product of attention, small enough that libraries spend more on calling than on computing.</summary>
internal static unsafe class TileProduct
{
    /// <summary>Rows of C.</summary>
    public const int Rows = 8;

    /// <summary>Computes 8 rows of C.</summary>
    /// <param name="a">(8, depth): row r, column k lies at r · rowStride + k · columnStride, so that A may be a transpose.</param>
    /// <param name="rowStride">See there.</param>
    /// <param name="columnStride">See there.</param>
    /// <param name="b">(depth, columns), row-major.</param>
    /// <param name="bStride">Numbers from a row of B to the next.</param>
    /// <param name="depth">Columns of A.</param>
    /// <param name="c">(8, columns), row-major; overwritten.</param>
    /// <param name="cStride">Numbers from a row of C to the next.</param>
    /// <param name="columns">Columns of B; a multiple of 16.</param>
    public static void Compute(float* a, nint rowStride, nint columnStride, float* b, nint bStride, nint depth, float* c, nint cStride, nint columns)
    {
        nint column = 0;
        for (; column <= columns - 32; column += 32) Wide(a, rowStride, columnStride, b + column, bStride, depth, c + column, cStride);
        if (column < columns) Narrow(a, rowStride, columnStride, b + column, bStride, depth, c + column, cStride);
    }

    /// <summary>32 columns: 16 sums in flight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(float* a, nint rowStride, nint columnStride, float* b, nint bStride, nint depth, float* c, nint cStride)
    {
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        Vector512<float> s40 = default, s41 = default, s50 = default, s51 = default, s60 = default, s61 = default, s70 = default, s71 = default;
        var a3 = a + 3 * rowStride;
        var a6 = a + 6 * rowStride;
        for (nint k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var x = Vector512.Create(*a);
            s00 = Vector512.FusedMultiplyAdd(x, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(x, b1, s01);
            x = Vector512.Create(a[rowStride]);
            s10 = Vector512.FusedMultiplyAdd(x, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(x, b1, s11);
            x = Vector512.Create(a[2 * rowStride]);
            s20 = Vector512.FusedMultiplyAdd(x, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(x, b1, s21);
            x = Vector512.Create(*a3);
            s30 = Vector512.FusedMultiplyAdd(x, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(x, b1, s31);
            x = Vector512.Create(a3[rowStride]);
            s40 = Vector512.FusedMultiplyAdd(x, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(x, b1, s41);
            x = Vector512.Create(a3[2 * rowStride]);
            s50 = Vector512.FusedMultiplyAdd(x, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(x, b1, s51);
            x = Vector512.Create(*a6);
            s60 = Vector512.FusedMultiplyAdd(x, b0, s60);
            s61 = Vector512.FusedMultiplyAdd(x, b1, s61);
            x = Vector512.Create(a6[rowStride]);
            s70 = Vector512.FusedMultiplyAdd(x, b0, s70);
            s71 = Vector512.FusedMultiplyAdd(x, b1, s71);
            a += columnStride;
            a3 += columnStride;
            a6 += columnStride;
            b += bStride;
        }
        Store(c, s00, s01);
        Store(c + cStride, s10, s11);
        Store(c + 2 * cStride, s20, s21);
        Store(c + 3 * cStride, s30, s31);
        Store(c + 4 * cStride, s40, s41);
        Store(c + 5 * cStride, s50, s51);
        Store(c + 6 * cStride, s60, s61);
        Store(c + 7 * cStride, s70, s71);
    }

    /// <summary>16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(float* a, nint rowStride, nint columnStride, float* b, nint bStride, nint depth, float* c, nint cStride)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (nint k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            s0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), b0, s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[rowStride]), b0, s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * rowStride]), b0, s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Create(a[3 * rowStride]), b0, s3);
            s4 = Vector512.FusedMultiplyAdd(Vector512.Create(a[4 * rowStride]), b0, s4);
            s5 = Vector512.FusedMultiplyAdd(Vector512.Create(a[5 * rowStride]), b0, s5);
            s6 = Vector512.FusedMultiplyAdd(Vector512.Create(a[6 * rowStride]), b0, s6);
            s7 = Vector512.FusedMultiplyAdd(Vector512.Create(a[7 * rowStride]), b0, s7);
            a += columnStride;
            b += bStride;
        }
        s0.Store(c);
        s1.Store(c + cStride);
        s2.Store(c + 2 * cStride);
        s3.Store(c + 3 * cStride);
        s4.Store(c + 4 * cStride);
        s5.Store(c + 5 * cStride);
        s6.Store(c + 6 * cStride);
        s7.Store(c + 7 * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector512<float> low, Vector512<float> high)
    {
        low.Store(c);
        high.Store(c + 16);
    }
}
