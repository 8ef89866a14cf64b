using System.Buffers.Binary;
using System.Numerics;

namespace TinyLM.Model.Storage;

/// <summary>The Castagnoli checksum, and its masked form, which TensorFlow's records carry.</summary>
public static class Crc32C
{
    /// <summary>Added after the rotation: tensorflow/core/lib/hash/crc32c.h.</summary>
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    /// <summary>The checksum rotated and shifted, so that bytes that hold checksums have no odd ones themselves.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Of(bytes), 15) + MaskDelta;
}
