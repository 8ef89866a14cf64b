using System.Buffers.Binary;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Reads the fields of a protocol buffers message one after the other.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding: a key of field number and wire type, then the value.</remarks>
/// <param name="file">The file, for messages.</param>
/// <param name="start">Where the message begins in it.</param>
/// <param name="length">Its bytes.</param>
internal ref struct ProtobufReader(NamedContent file, int start, int length)
{
    private readonly int _end = start + length;
    private int _position = start;
    private int _fieldStart;
    private int _wireType;

    /// <summary>The number of the present field.</summary>
    public int Field { get; private set; }

    /// <summary>Where the value of the present field begins.</summary>
    public readonly int Position => _position;

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_position == _end) return false;
        _fieldStart = _position;
        var key = Varint();
        (Field, _wireType) = ((int)Math.Min(key >> 3, int.MaxValue), (int)(key & 7));
        return Field > 0 ? true : throw Error("a field has number 0");
    }

    /// <summary>A whole number.</summary>
    public int Integer() => unchecked((int)(_wireType == 0 ? Varint() : throw WrongType("a whole number")));

    /// <summary>Yes or no.</summary>
    public bool Flag() => Integer() != 0;

    /// <summary>A single-precision number.</summary>
    public float Single()
    {
        if (_wireType != 5) throw WrongType("a number of 4 bytes");
        return BinaryPrimitives.ReadSingleLittleEndian(file.Bytes.AsSpan(Take(4), 4));
    }

    /// <summary>Bytes.</summary>
    public ReadOnlySpan<byte> Data()
    {
        if (_wireType != 2) throw WrongType("bytes");
        var count = Varint();
        if (count > (ulong)(_end - _position)) throw Error($"a value of {count} bytes is cut off");
        return file.Bytes.AsSpan(Take((int)count), (int)count);
    }

    /// <summary>A message within this one.</summary>
    public ProtobufReader Message()
    {
        var data = Data();
        return new ProtobufReader(file, _position - data.Length, data.Length);
    }

    /// <summary>Passes over the value of a field that is not wanted.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Data();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw Error($"a field has wire type {_wireType}, which protocol buffers do not use");
        }
    }

    /// <summary>What is wrong with the present field.</summary>
    public readonly TokenizerFormatException Error(string problem) => file.Error($"at byte {_fieldStart}", problem);

    private readonly TokenizerFormatException WrongType(string expected) => Error($"field {Field} should be {expected} and has wire type {_wireType}");

    private int Take(int count)
    {
        if (count > _end - _position) throw Error("the file is cut off");
        _position += count;
        return _position - count;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = file.Bytes[Take(1)];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Error("a number has more than 10 bytes");
    }
}
