using System.Runtime.CompilerServices;

namespace TinyLM.Model.Inference;

/// <summary>Numbers that begin at a cache line and stay there, so that no vector load crosses a line.</summary>
/// <remarks>The memory is the collector's, never moved; it goes when nothing refers to it, with nothing to dispose.</remarks>
internal sealed class AlignedFloats
{
    private const int LineBytes = 64;
    private readonly float[] _storage;
    private readonly int _start;

    /// <param name="length">How many numbers; not cleared.</param>
    public unsafe AlignedFloats(int length)
    {
        _storage = GC.AllocateUninitializedArray<float>(checked(length + LineBytes / sizeof(float) - 1), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _storage[0]);
        _start = (int)((LineBytes - address % LineBytes) % LineBytes / sizeof(float));
        Length = length;
    }

    /// <summary>How many numbers.</summary>
    public int Length { get; }

    /// <summary>All of them.</summary>
    public Span<float> Span => _storage.AsSpan(_start, Length);
}
