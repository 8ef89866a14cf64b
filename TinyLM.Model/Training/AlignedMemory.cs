using System.Runtime.InteropServices;

namespace TinyLM.Model.Training;

/// <summary>Memory of the optimizers, that the garbage collector does not move.</summary>
internal static unsafe class AlignedMemory
{
    private const int CacheLine = 64;

    /// <summary>So many zeros; given back by <see cref="NativeMemory.AlignedFree"/>.</summary>
    public static float* Allocate(long count)
    {
        var bytes = checked((nuint)Math.Max(1, count) * sizeof(float));
        var memory = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        NativeMemory.Clear(memory, bytes);
        return memory;
    }
}
