using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>Sums into fp32.</summary>
internal static unsafe class SumKernel
{
    /// <summary>target += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(void* source, float* target, nint count)
        where T : struct, INumberFormat
    {
        nint i = 0;
        for (; i <= count - 16; i += 16) (Vector512.Load(target + i) + T.Load(source, i)).Store(target + i);
        for (; i < count; i++) target[i] += T.LoadOne(source, i);
    }

    /// <summary>target += the sum of the rows of source.</summary>
    /// <param name="source">(rows, width).</param>
    /// <param name="target">(width).</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Numbers in a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows<T>(void* source, float* target, nint rows, nint width)
        where T : struct, INumberFormat
    {
        nint i = 0;
        for (; i <= width - 64; i += 64) // a cache line and more of each row at a time
        {
            var (a, b, c, d) = (Vector512.Load(target + i), Vector512.Load(target + i + 16), Vector512.Load(target + i + 32), Vector512.Load(target + i + 48));
            for (nint at = i, end = rows * width; at < end; at += width)
            {
                a += T.Load(source, at);
                b += T.Load(source, at + 16);
                c += T.Load(source, at + 32);
                d += T.Load(source, at + 48);
            }
            a.Store(target + i);
            b.Store(target + i + 16);
            c.Store(target + i + 32);
            d.Store(target + i + 48);
        }
        for (; i < width; i++)
            for (nint at = i, end = rows * width; at < end; at += width)
                target[i] += T.LoadOne(source, at);
    }
}
