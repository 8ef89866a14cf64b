using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>A line of <c>events.jsonl</c>: an object whose last member, <c>crc</c>, is the CRC-32C of all before its comma.</summary>
/// <remarks>A flipped bit in a number would else be another number. Lines without a sum, as other programs write them, are taken as they are.</remarks>
internal static class EventLine
{
    private const int SumLength = 18; // ,"crc":"01234567"}

    private static ReadOnlySpan<byte> Member => ",\"crc\":\""u8;

    /// <summary>The line of an object, with its end.</summary>
    public static byte[] Of(byte[] json)
    {
        var body = json.AsSpan(0, json.Length - 1); // all but the brace
        return [.. body, .. Member, .. Encoding.ASCII.GetBytes(Crc32C.Of(body).ToString("x8", CultureInfo.InvariantCulture)), (byte)'"', (byte)'}', (byte)'\n'];
    }

    /// <summary>Whether a line is as it was written, as far as it tells.</summary>
    public static bool IsSound(ReadOnlySpan<byte> line)
    {
        if (line.Length < SumLength || !line[^SumLength..].StartsWith(Member)) return true;
        return Utf8Parser.TryParse(line[^10..^2], out uint sum, out var read, 'x') && read == 8 && sum == Crc32C.Of(line[..^SumLength]);
    }
}
