using System.Buffers.Binary;
using System.Text;

namespace TinyLM.Benchmarks.Viewers;

/// <summary>As much of MessagePack as SignalR's hub protocol needs: https://github.com/msgpack/msgpack/blob/master/spec.md.</summary>
internal static class MessagePack
{
    /// <summary>Appends null, a bool, a whole number, a string or an array of these; an empty map stands for headers.</summary>
    public static void Write(List<byte> target, object? value)
    {
        switch (value)
        {
            case null:
                target.Add(0xC0);
                break;
            case bool truth:
                target.Add(truth ? (byte)0xC3 : (byte)0xC2);
                break;
            case int or long:
                target.Add(0xD3);
                Span<byte> number = stackalloc byte[sizeof(long)];
                BinaryPrimitives.WriteInt64BigEndian(number, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                target.AddRange(number);
                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                target.Add(0xDB);
                Span<byte> length = stackalloc byte[sizeof(uint)];
                BinaryPrimitives.WriteUInt32BigEndian(length, (uint)bytes.Length);
                target.AddRange(length);
                target.AddRange(bytes);
                break;
            case object?[] items when items.Length < 16:
                target.Add((byte)(0x90 | items.Length));
                foreach (var item in items) Write(target, item);
                break;
            case Dictionary<string, string> { Count: 0 }:
                target.Add(0x80);
                break;
            default:
                throw new NotSupportedException($"{value.GetType()} is not written.");
        }
    }

    /// <summary>Reads one value: null, bool, long, double, string, byte[], object?[] or a dictionary.</summary>
    public static object? Read(ref ReadOnlySpan<byte> source)
    {
        var head = source[0];
        source = source[1..];
        switch (head)
        {
            case < 0x80: return (long)head;
            case < 0x90: return Map(ref source, head & 0x0F);
            case < 0xA0: return Array(ref source, head & 0x0F);
            case < 0xC0: return Text(ref source, head & 0x1F);
            case 0xC0: return null;
            case 0xC2 or 0xC3: return head == 0xC3;
            case 0xC4 or 0xC5 or 0xC6: return Take(ref source, Length(ref source, head - 0xC4)).ToArray();
            case 0xCA: return (double)BinaryPrimitives.ReadSingleBigEndian(Take(ref source, 4));
            case 0xCB: return BinaryPrimitives.ReadDoubleBigEndian(Take(ref source, 8));
            case 0xCC: return (long)Take(ref source, 1)[0];
            case 0xCD: return (long)BinaryPrimitives.ReadUInt16BigEndian(Take(ref source, 2));
            case 0xCE: return (long)BinaryPrimitives.ReadUInt32BigEndian(Take(ref source, 4));
            case 0xCF: return (long)BinaryPrimitives.ReadUInt64BigEndian(Take(ref source, 8));
            case 0xD0: return (long)(sbyte)Take(ref source, 1)[0];
            case 0xD1: return (long)BinaryPrimitives.ReadInt16BigEndian(Take(ref source, 2));
            case 0xD2: return (long)BinaryPrimitives.ReadInt32BigEndian(Take(ref source, 4));
            case 0xD3: return BinaryPrimitives.ReadInt64BigEndian(Take(ref source, 8));
            case 0xD9 or 0xDA or 0xDB: return Text(ref source, Length(ref source, head - 0xD9));
            case 0xDC or 0xDD: return Array(ref source, Length(ref source, head - 0xDB));
            case 0xDE or 0xDF: return Map(ref source, Length(ref source, head - 0xDD));
            case >= 0xE0: return (long)(sbyte)head;
            default: throw new NotSupportedException($"MessagePack's type 0x{head:X2} is not read.");
        }
    }

    /// <summary>A length of 1, 2 or 4 bytes.</summary>
    private static int Length(ref ReadOnlySpan<byte> source, int size) => size switch
    {
        0 => Take(ref source, 1)[0],
        1 => BinaryPrimitives.ReadUInt16BigEndian(Take(ref source, 2)),
        _ => checked((int)BinaryPrimitives.ReadUInt32BigEndian(Take(ref source, 4))),
    };

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> source, int count)
    {
        var taken = source[..count];
        source = source[count..];
        return taken;
    }

    private static string Text(ref ReadOnlySpan<byte> source, int length) => Encoding.UTF8.GetString(Take(ref source, length));

    private static object?[] Array(ref ReadOnlySpan<byte> source, int count)
    {
        var items = new object?[count];
        for (var i = 0; i < count; i++) items[i] = Read(ref source);
        return items;
    }

    private static Dictionary<string, object?> Map(ref ReadOnlySpan<byte> source, int count)
    {
        var map = new Dictionary<string, object?>(count);
        for (var i = 0; i < count; i++) map[(string)Read(ref source)!] = Read(ref source);
        return map;
    }
}
