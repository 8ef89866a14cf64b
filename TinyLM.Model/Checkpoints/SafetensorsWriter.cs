using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TinyLM.Model.Checkpoints;

/// <summary>Writes safetensors files in fp32.</summary>
/// <remarks>The header is padded with blanks to eight bytes, so that the data are aligned.</remarks>
internal static class SafetensorsWriter
{
    /// <summary>Writes a file's content.</summary>
    /// <param name="stream">Receives it, from its position on.</param>
    /// <param name="tensors">In the order in which they are to lie; names are unique.</param>
    /// <param name="metadata">Free text; may be empty.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, WeightTensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in tensors) WriteFloats(stream, tensor.Values.Span);
    }

    private static byte[] Header(IReadOnlyList<(string Name, WeightTensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (name, text) in metadata) json.WriteString(name, text);
                json.WriteEndObject();
            }
            var position = 0L;
            foreach (var (name, tensor) in tensors)
            {
                if (!names.Add(name) || name == "__metadata__") throw new ArgumentException($"The name '{name}' stands twice or is reserved.", nameof(tensors));
                var count = tensor.Shape.Aggregate(1L, (product, dimension) => product * dimension);
                if (count != tensor.Values.Length) throw new ArgumentException($"'{name}' of shape ({string.Join(", ", tensor.Shape)}) holds {tensor.Values.Length} values.", nameof(tensors));
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var dimension in tensor.Shape) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(position);
                json.WriteNumberValue(position += sizeof(float) * count);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteFloats(Stream stream, ReadOnlySpan<float> values)
    {
        const int Chunk = 1 << 18;
        if (BitConverter.IsLittleEndian)
        {
            for (; !values.IsEmpty; values = values[Math.Min(Chunk, values.Length)..])
                stream.Write(MemoryMarshal.AsBytes(values[..Math.Min(Chunk, values.Length)]));
            return;
        }
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (var value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            stream.Write(bytes);
        }
    }
}
