using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Checkpoints.Interchange;

/// <summary>Writes numbers one after the other, little-endian: what <see cref="FlatWeightReader"/> reads.</summary>
/// <param name="stream">Receives them.</param>
internal sealed class FlatWeightWriter(Stream stream)
{
    /// <summary>Whole numbers, and zeros up to a length.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="bytes">Length in all, in bytes.</param>
    public void WriteHeader(ReadOnlySpan<int> numbers, int bytes)
    {
        var header = new byte[bytes];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(i * sizeof(int)), numbers[i]);
        stream.Write(header);
    }

    /// <summary>Weights, in fp32 or rounded to the nearest bfloat16, ties to even.</summary>
    public void Write(ReadOnlySpan<float> values, bool isBf16 = false)
    {
        const int Chunk = 1 << 16;
        if (!isBf16 && BitConverter.IsLittleEndian)
        {
            for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
                stream.Write(MemoryMarshal.AsBytes(values[..Math.Min(Chunk, values.Length)]));
            return;
        }
        var size = isBf16 ? sizeof(ushort) : sizeof(float);
        var bytes = new byte[Math.Min(Chunk, values.Length) * size];
        while (!values.IsEmpty)
        {
            var some = values[..Math.Min(Chunk, values.Length)];
            for (var i = 0; i < some.Length; i++)
            {
                if (isBf16) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * size), BrainFloat.Round(some[i]));
                else BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * size), some[i]);
            }
            stream.Write(bytes, 0, some.Length * size);
            values = values[some.Length..];
        }
    }
}
