using System.Buffers.Binary;
using Google.Protobuf;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs.Export;

/// <summary>TensorBoard's event files: TFRecords of the message <c>Event</c>, with scalars as <c>simple_value</c>.</summary>
/// <remarks>
/// A record is its length (8 bytes), the length's masked CRC-32C, the bytes, their masked CRC-32C, all little-endian
/// (tensorflow/core/lib/io/record_writer.cc). Of the message (tensorflow/core/util/event.proto) there are wall_time = 1, step = 2,
/// file_version = 3, summary = 5, session_log = 7 (of it status = 1, whose START is 1); of a summary value = 1; of a value tag = 1, simple_value = 2, tensor = 8.
/// </remarks>
internal static class TensorBoardFile
{
    /// <summary>What the first event of a file says.</summary>
    public const string Version = "brain.Event:2";

    private const int LongestRecord = 1 << 26;

    /// <summary>Writes an event as a record.</summary>
    public static void Write(Stream stream, TensorBoardEvent happened)
    {
        var message = Encode(happened);
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Crc32C.Masked(head[..8]));
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, Crc32C.Masked(message));
        stream.Write(head);
        stream.Write(message);
        stream.Write(tail);
    }

    /// <summary>Reads the events of a file that may still be written: a torn last record is not there yet. After each event the stream stands at the next.</summary>
    /// <param name="stream">From the beginning of a record.</param>
    /// <exception cref="InvalidDataException">A record is damaged; the message says at which byte.</exception>
    public static IEnumerable<TensorBoardEvent> Read(Stream stream)
    {
        var head = new byte[12];
        for (var position = stream.Position; stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length;)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != Crc32C.Masked(head.AsSpan(0, 8)))
                throw new InvalidDataException($"The record at byte {position} is damaged: the checksum of its length does not hold. Expected a TensorBoard event file.");
            var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
            if (length > LongestRecord) throw new InvalidDataException($"The record at byte {position} has {length} bytes; at most {LongestRecord} are read.");
            var body = new byte[(int)length + 4];
            if (stream.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length) yield break;
            if (BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan((int)length)) != Crc32C.Masked(body.AsSpan(0, (int)length)))
                throw new InvalidDataException($"The record at byte {position} is damaged: its checksum does not hold.");
            position += head.Length + body.Length;
            yield return Decode(body.AsSpan(0, (int)length).ToArray());
        }
    }

    private static byte[] Encode(TensorBoardEvent happened) => Message(output =>
    {
        output.WriteTag(1, WireFormat.WireType.Fixed64);
        output.WriteDouble(happened.WallTime);
        if (happened.Step != 0) Field(2, WireFormat.WireType.Varint, () => output.WriteInt64(happened.Step));
        if (happened.FileVersion is { } version) Field(3, WireFormat.WireType.LengthDelimited, () => output.WriteString(version));
        if (happened.Scalars.Count > 0) Field(5, WireFormat.WireType.LengthDelimited, () => output.WriteBytes(ByteString.CopyFrom(Message(summary =>
        {
            foreach (var (tag, value) in happened.Scalars)
            {
                summary.WriteTag(1, WireFormat.WireType.LengthDelimited);
                summary.WriteBytes(ByteString.CopyFrom(Message(one =>
                {
                    one.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    one.WriteString(tag);
                    one.WriteTag(2, WireFormat.WireType.Fixed32);
                    one.WriteFloat(value);
                })));
            }
        }))));
        if (happened.IsStart) Field(7, WireFormat.WireType.LengthDelimited, () => output.WriteBytes(ByteString.CopyFrom(0x08, 0x01)));

        void Field(int number, WireFormat.WireType type, Action write)
        {
            output.WriteTag(number, type);
            write();
        }
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var output = new CodedOutputStream(memory, leaveOpen: true)) write(output);
        return memory.ToArray();
    }

    private static TensorBoardEvent Decode(byte[] message)
    {
        double wallTime = 0;
        long step = 0;
        string? version = null;
        var isStart = false;
        var scalars = new List<(string, float)>();
        Each(message, (input, field) =>
        {
            switch (field)
            {
                case 1: wallTime = input.ReadDouble(); return true;
                case 2: step = input.ReadInt64(); return true;
                case 3: version = input.ReadString(); return true;
                case 5: Each(input.ReadBytes().ToByteArray(), (summary, inner) => inner == 1 && Value(summary.ReadBytes().ToByteArray(), scalars)); return true;
                case 7:
                    Each(input.ReadBytes().ToByteArray(), (session, inner) =>
                    {
                        if (inner != 1) return false;
                        isStart = session.ReadEnum() == 1;
                        return true;
                    });
                    return true;
                default: return false;
            }
        });
        return new TensorBoardEvent(wallTime, step, version, scalars, isStart);
    }

    /// <summary>Reads a value: a simple one, or a tensor of one float, as newer writers have it.</summary>
    private static bool Value(byte[] message, List<(string, float)> scalars)
    {
        string? tag = null;
        float? value = null;
        Each(message, (input, field) =>
        {
            switch (field)
            {
                case 1: tag = input.ReadString(); return true;
                case 2: value = input.ReadFloat(); return true;
                case 8: value = ScalarOf(input.ReadBytes().ToByteArray()) ?? value; return true;
                default: return false;
            }
        });
        if (tag is not null && value is { } number) scalars.Add((tag, number));
        return true;
    }

    /// <summary>The number of a <c>TensorProto</c> of type float (dtype = 1 is DT_FLOAT; tensor_content = 4, float_val = 5) and one element.</summary>
    private static float? ScalarOf(byte[] tensor)
    {
        var type = 0;
        float? value = null;
        Each(tensor, (input, field) =>
        {
            switch (field)
            {
                case 1: type = input.ReadEnum(); return true;
                case 4: value = input.ReadBytes() is { Length: 4 } content ? BinaryPrimitives.ReadSingleLittleEndian(content.Span) : null; return true;
                case 5: value = input.ReadBytes() is { Length: 4 } packed ? BinaryPrimitives.ReadSingleLittleEndian(packed.Span) : null; return true;
                default: return false;
            }
        });
        return type == 1 ? value : null;
    }

    private static void Each(byte[] message, Func<CodedInputStream, int, bool> read)
    {
        using var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
            if (!read(input, WireFormat.GetTagFieldNumber(tag))) input.SkipLastField();
    }
}
