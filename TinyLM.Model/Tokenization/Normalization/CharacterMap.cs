using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TinyLM.Model.Tokenization.Normalization;

/// <summary>SentencePiece's <c>precompiled_charsmap</c>: rules that replace characters, at each place the longest that fits.</summary>
/// <remarks>
/// Four bytes give the length of a double array, https://github.com/s-yata/darts-clone, by which the UTF-8 of what is replaced is
/// looked up; the texts that replace stand behind it, each up to a zero byte. The rules of <c>nmt_nfkc</c>, with which SentencePiece
/// trains unless told otherwise, are Unicode's form KC and every kind of white space as a space.
/// </remarks>
internal sealed class CharacterMap
{
    private const int LengthBytes = 4, UnitBytes = 4, Ascii = 128, NoText = -1;
    private const uint IsValue = 1u << 31, HasValue = 1u << 8;

    private readonly uint[] _units;
    private readonly byte[] _texts;
    private readonly bool[] _isKept = new bool[Ascii]; // where another character of ASCII or nothing follows
    private readonly SearchValues<char> _kept;

    /// <summary>Reads the rules.</summary>
    /// <exception cref="FormatException">They are cut off or point outside; the message says where.</exception>
    public CharacterMap(byte[] content)
    {
        Content = content;
        if (content.Length < LengthBytes) throw new FormatException($"the rules have {content.Length} bytes; they begin with a length of {LengthBytes}");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(content);
        if (length == 0 || length % UnitBytes != 0 || length >= content.Length - LengthBytes)
            throw new FormatException($"the table of the rules has {length} bytes; expected a multiple of {UnitBytes} below the {content.Length - LengthBytes} that follow");
        _units = new uint[length / UnitBytes];
        for (var i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(LengthBytes + i * UnitBytes));
        _texts = content[(LengthBytes + (int)length)..];
        if (_texts[^1] != 0) throw new FormatException("the last text of the rules is cut off");
        foreach (var (index, unit) in _units.Index())
            if ((unit & IsValue) != 0 && (unit & ~IsValue) >= _texts.Length) throw new FormatException($"unit {index} of the rules points at byte {unit & ~IsValue}; the texts have {_texts.Length}");

        for (var first = 0; first < Ascii; first++) _isKept[first] = KeepsAscii((byte)first);
        _kept = SearchValues.Create([.. Enumerable.Range(0, Ascii).Where(value => _isKept[value]).Select(value => (char)value)]);
    }

    /// <summary>The rules as files hold them.</summary>
    public byte[] Content { get; }

    /// <summary>Replaces what the rules replace.</summary>
    /// <param name="text">Well-formed.</param>
    /// <param name="symbols">Texts that stay as they are.</param>
    /// <returns>The text itself where it has nothing to replace.</returns>
    public ReadOnlySpan<char> Apply(ReadOnlySpan<char> text, SpecialTokenFinder symbols)
    {
        if (!text.ContainsAnyExcept(_kept)) return text;
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        var result = new ArrayBufferWriter<byte>(bytes.Length);
        var rest = text;
        for (var at = 0; at < bytes.Length;)
        {
            var symbol = symbols.FindFirst(rest, out var start);
            var (from, end) = (at, symbol is null ? bytes.Length : at + Encoding.UTF8.GetByteCount(rest[..start]));
            while (at < end) at += ReplaceAt(bytes.AsSpan(at), result);
            rest = rest[Encoding.UTF8.GetCharCount(bytes.AsSpan(from, at - from))..];
            if (symbol is null || at > end) continue; // a rule may go beyond the symbol's beginning

            var length = Encoding.UTF8.GetByteCount(symbol.Text);
            result.Write(bytes.AsSpan(at, length));
            at += length;
            rest = rest[symbol.Text.Length..];
        }
        return result.WrittenSpan.SequenceEqual(bytes) ? text : Encoding.UTF8.GetString(result.WrittenSpan);
    }

    /// <summary>Writes what replaces the beginning of a text.</summary>
    /// <returns>How many bytes are replaced.</returns>
    private int ReplaceAt(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> result)
    {
        var (length, text) = (1, NoText);
        if (bytes[0] >= Ascii || !_isKept[bytes[0]] || (bytes.Length > 1 && bytes[1] >= Ascii))
        {
            Rune.DecodeFromUtf8(bytes, out _, out length);
            var node = Root;
            for (var i = 0; i < bytes.Length && TryFollow(ref node, bytes[i], out var value); i++)
                if (value != NoText) (length, text) = (i + 1, value);
        }
        result.Write(text == NoText ? bytes[..length] : _texts.AsSpan(text, _texts.AsSpan(text).IndexOf((byte)0)));
        return length;
    }

    /// <summary>Whether a character of ASCII stays as it is where no other than one of ASCII follows.</summary>
    private bool KeepsAscii(byte first)
    {
        var node = Root;
        if (!TryFollow(ref node, first, out var text)) return true;
        return text == NoText && Enumerable.Range(1, Ascii - 1).All(second =>
        {
            var next = node;
            return !TryFollow(ref next, (byte)second, out _);
        });
    }

    /// <summary>Goes one byte further.</summary>
    /// <param name="node">Where the children of a node stand; then those of its child.</param>
    /// <param name="label">The byte.</param>
    /// <param name="text">Where the text stands that replaces what was read so far; <see cref="NoText"/> where nothing does.</param>
    /// <returns>Whether any rule goes on so.</returns>
    private bool TryFollow(ref uint node, byte label, out int text)
    {
        text = NoText;
        var position = node ^ label;
        if (position >= _units.Length) return false;
        var unit = _units[position];
        if ((unit & (IsValue | 0xFF)) != label) return false;
        node = position ^ OffsetOf(unit);
        if ((unit & HasValue) != 0 && node < _units.Length && (_units[node] & IsValue) != 0) text = (int)(_units[node] & ~IsValue);
        return true;
    }

    private uint Root => OffsetOf(_units[0]);

    private static uint OffsetOf(uint unit) => unit >> 10 << (int)((unit & (1u << 9)) >> 6);
}
