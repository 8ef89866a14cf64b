using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TinyLM.Model.Checkpoints;

/// <summary>Reads tensors from a safetensors file whose header was checked; memory is taken only for what is asked for.</summary>
internal sealed class SafetensorsReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly SafetensorsHeader _header;
    private readonly string _path;
    private readonly long _dataStart;

    /// <exception cref="CheckpointException">The file is missing, unreadable, or no safetensors file.</exception>
    public SafetensorsReader(string path)
    {
        _path = path;
        try
        {
            _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
        try
        {
            (_header, _dataStart) = ReadHeader();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>Free text that the writer left.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The numbers of a tensor as fp32, from F32, F16 or BF16.</summary>
    /// <exception cref="CheckpointException">The file holds no such tensor, or it is in another format or too large for an array.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Entry(name);
        if (entry.Count > Array.MaxLength) throw new CheckpointException($"{_path}: the tensor '{name}' has {entry.Count} numbers; at most {Array.MaxLength} fit into memory at once.");
        var values = new float[entry.Count];
        ReadFloats(name, values);
        return values;
    }

    /// <summary>The numbers of a tensor as fp32, into memory of the caller.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="values">As many as it has.</param>
    /// <exception cref="CheckpointException">As <see cref="ReadFloats(string)"/>, or the tensor has another number of numbers.</exception>
    public void ReadFloats(string name, Span<float> values)
    {
        var entry = Entry(name);
        if (entry.Count != values.Length) throw new CheckpointException($"{_path}: the tensor '{name}' has {entry.Count} numbers; expected {values.Length}.");
        if (entry.Type is not ("F32" or "F16" or "BF16"))
            throw new CheckpointException($"{_path}: the tensor '{name}' is in {entry.Type}; expected F32, F16 or BF16.");

        const int Chunk = 1 << 20;
        var size = SafetensorsEntry.SizeOf(entry.Type);
        var raw = new byte[Math.Min(Chunk, values.Length) * size];
        for (var start = 0; start < values.Length; start += Chunk)
        {
            var target = values.Slice(start, Math.Min(Chunk, values.Length - start));
            var bytes = raw.AsSpan(0, target.Length * size);
            ReadExactly(bytes, _dataStart + entry.Begin + (long)start * size);
            Convert(entry.Type, bytes, target);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Convert(string type, ReadOnlySpan<byte> bytes, Span<float> target)
    {
        switch (type)
        {
            case "F32" when BitConverter.IsLittleEndian:
                bytes.CopyTo(MemoryMarshal.AsBytes(target));
                break;
            case "F32":
                for (var i = 0; i < target.Length; i++) target[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
                break;
            case "F16":
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), target);
                break;
            default: // bfloat16 is the upper half of a float
                for (var i = 0; i < target.Length; i++)
                    target[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
        }
    }

    private SafetensorsEntry Entry(string name) =>
        Entries.TryGetValue(name, out var entry) ? entry : throw new CheckpointException($"{_path} holds no tensor '{name}'.");

    private (SafetensorsHeader, long) ReadHeader()
    {
        try
        {
            var length = RandomAccess.GetLength(_file);
            if (length < 8) throw new InvalidDataException($"it has {length} bytes; a header needs at least 8");
            Span<byte> prefix = stackalloc byte[8];
            ReadExactly(prefix, 0);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > SafetensorsHeader.MaxLength) throw new InvalidDataException($"its header claims {headerLength} bytes; at most {SafetensorsHeader.MaxLength} are allowed");
            if (headerLength > (ulong)length - 8) throw new InvalidDataException($"its header claims {headerLength} bytes and the file holds {length - 8} after byte 8; it is cut off");
            var json = new byte[headerLength];
            ReadExactly(json, 8);
            var dataStart = 8 + (long)headerLength;
            return (SafetensorsHeader.Parse(json, length - dataStart), dataStart);
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{_path} is no sound safetensors file: {e.Message}.", e);
        }
    }

    private void ReadExactly(Span<byte> target, long offset)
    {
        try
        {
            while (!target.IsEmpty)
            {
                var read = RandomAccess.Read(_file, target, offset);
                if (read == 0) throw new CheckpointException($"{_path} ends at byte {offset}, while it was being read.");
                target = target[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw new CheckpointException($"{_path} cannot be read at byte {offset}: {e.Message}", e);
        }
    }
}
