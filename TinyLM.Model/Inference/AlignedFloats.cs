using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TinyLM.Model.Inference;

/// <summary>Numbers that begin at a cache line and stay there, so that no vector load crosses a line.</summary>
/// <remarks>
/// The memory is the collector's, never moved; it goes when nothing refers to it, with nothing to dispose. Where there is much of it,
/// Linux is asked for pages of 2 MB in place of 4 KB: weights are read from end to end for each token, and every page costs a look-up.
/// </remarks>
internal sealed partial class AlignedFloats
{
    private const int LineBytes = 64;
    private const int HugePageBytes = 2 << 20;
    private const int HugePageAdvice = 14; // MADV_HUGEPAGE
    private readonly float[] _storage;
    private readonly int _start;

    /// <param name="length">How many numbers; not cleared.</param>
    public unsafe AlignedFloats(int length)
    {
        _storage = GC.AllocateUninitializedArray<float>(checked(length + LineBytes / sizeof(float) - 1), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _storage[0]);
        _start = (int)((LineBytes - address % LineBytes) % LineBytes / sizeof(float));
        Length = length;
        if (OperatingSystem.IsLinux()) AskForHugePages(address, (nuint)_storage.Length * sizeof(float));
    }

    /// <summary>How many numbers.</summary>
    public int Length { get; }

    /// <summary>All of them.</summary>
    public Span<float> Span => _storage.AsSpan(_start, Length);

    /// <summary>All of them.</summary>
    public Memory<float> Memory => _storage.AsMemory(_start, Length);

    /// <summary>For the whole huge pages within; a kernel that knows none refuses, and nothing is lost.</summary>
    private static void AskForHugePages(nuint address, nuint length)
    {
        var first = (address + HugePageBytes - 1) / HugePageBytes * HugePageBytes;
        var end = (address + length) / HugePageBytes * HugePageBytes;
        if (end > first) _ = Advise(first, end - first, HugePageAdvice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
