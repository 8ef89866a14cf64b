using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TinyLM.Model.Architectures.Kernels;

/// <summary>How numbers lie in a tensor's memory; the kernels compute in fp32 whatever it is.</summary>
/// <remarks>Static and on empty structs, so that a kernel is written once and compiled apart for each format.</remarks>
internal unsafe interface INumberFormat
{
    /// <summary>Bytes of one number.</summary>
    static abstract int Size { get; }

    /// <summary>16 numbers from an index on.</summary>
    static abstract Vector512<float> Load(void* source, nint index);

    /// <summary>Writes 16 numbers from an index on.</summary>
    static abstract void Store(Vector512<float> numbers, void* destination, nint index);

    /// <summary>One number.</summary>
    static abstract float LoadOne(void* source, nint index);

    /// <summary>Writes one number.</summary>
    static abstract void StoreOne(float number, void* destination, nint index);
}

/// <summary>IEEE 754 binary32.</summary>
internal readonly unsafe struct Fp32 : INumberFormat
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, nint index) => Vector512.Load((float*)source + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> numbers, void* destination, nint index) => numbers.Store((float*)destination + index);

    public static float LoadOne(void* source, nint index) => ((float*)source)[index];

    public static void StoreOne(float number, void* destination, nint index) => ((float*)destination)[index] = number;
}

/// <summary>bfloat16: the upper half of binary32; written by rounding to the nearest, ties to even, as PyTorch does.</summary>
internal readonly unsafe struct Bf16 : INumberFormat
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(void* source, nint index)
    {
        var (low, high) = Vector256.Widen(Vector256.Load((ushort*)source + index));
        return Vector512.Create(low << 16, high << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> numbers, void* destination, nint index)
    {
        var bits = numbers.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)destination + index);
    }

    public static float LoadOne(void* source, nint index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)source)[index] << 16);

    public static void StoreOne(float number, void* destination, nint index)
    {
        var bits = BitConverter.SingleToUInt32Bits(number);
        ((ushort*)destination)[index] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
