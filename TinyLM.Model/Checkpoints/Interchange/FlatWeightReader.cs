using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TinyLM.Model.Numerics;

namespace TinyLM.Model.Checkpoints.Interchange;

/// <summary>Reads files that are a header of numbers and then weights one after the other, without names: llm.c's and llama2.c's.</summary>
/// <remarks>The length of the file is checked against what the header tells before memory is taken for weights.</remarks>
internal sealed class FlatWeightReader : IDisposable
{
    private readonly SafeFileHandle _file;

    /// <exception cref="CheckpointException">The file is missing or unreadable.</exception>
    public FlatWeightReader(string path)
    {
        Path = path;
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Length = RandomAccess.GetLength(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Where the next number is read.</summary>
    public long Position { get; private set; }

    /// <summary>The next whole numbers, little-endian.</summary>
    /// <param name="count">How many.</param>
    /// <param name="what">What they are, for the error.</param>
    /// <exception cref="CheckpointException">The file ends before.</exception>
    public int[] ReadIntegers(int count, string what)
    {
        if (Length - Position < (long)count * sizeof(int))
            throw new CheckpointException($"{Path} has {Length} bytes; expected {what} of {count * sizeof(int)} bytes at byte {Position}.");
        var bytes = new byte[count * sizeof(int)];
        ReadExactly(bytes);
        var numbers = new int[count];
        for (var i = 0; i < count; i++) numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * sizeof(int)));
        return numbers;
    }

    /// <summary>Goes on at a place.</summary>
    public void Seek(long position) => Position = position;

    /// <summary>Checks that exactly so many bytes follow.</summary>
    /// <param name="bytes">What the header promises.</param>
    /// <exception cref="CheckpointException">There are more or fewer.</exception>
    public void ExpectRest(Int128 bytes)
    {
        var found = Length - Position;
        if (found == bytes) return;
        throw new CheckpointException(
            $"{Path}: by its header {bytes} bytes of weights follow byte {Position}, and there are {found}; " + (found < bytes ? "it is cut off." : "it is longer than such a file."));
    }

    /// <summary>The next weights.</summary>
    /// <param name="values">Filled.</param>
    /// <param name="isBf16">Whether they lie in bfloat16 instead of fp32.</param>
    public void Read(Span<float> values, bool isBf16 = false)
    {
        if (!isBf16 && BitConverter.IsLittleEndian)
        {
            const int Chunk = 1 << 28;
            for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
                ReadExactly(MemoryMarshal.AsBytes(values[..Math.Min(Chunk, values.Length)]));
            return;
        }
        var size = isBf16 ? sizeof(ushort) : sizeof(float);
        var bytes = new byte[Math.Min(1 << 16, values.Length) * size];
        while (!values.IsEmpty)
        {
            var some = bytes.AsSpan(0, Math.Min(bytes.Length, values.Length * size));
            ReadExactly(some);
            for (var i = 0; i < some.Length / size; i++)
                values[i] = isBf16
                    ? BrainFloat.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(some[(i * size)..]))
                    : BinaryPrimitives.ReadSingleLittleEndian(some[(i * size)..]);
            values = values[(some.Length / size)..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadExactly(Span<byte> target)
    {
        try
        {
            while (!target.IsEmpty)
            {
                var read = RandomAccess.Read(_file, target, Position);
                if (read == 0) throw new CheckpointException($"{Path} ends at byte {Position}, while it was being read.");
                target = target[read..];
                Position += read;
            }
        }
        catch (IOException e)
        {
            throw new CheckpointException($"{Path} cannot be read at byte {Position}: {e.Message}", e);
        }
    }
}
