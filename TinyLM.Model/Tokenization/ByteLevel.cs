namespace TinyLM.Model.Tokenization;

/// <summary>GPT-2's way of writing bytes as printable characters in vocabulary files: a space is <c>Ġ</c>.</summary>
/// <remarks>Radford et al. 2019, encoder.py: printable Latin-1 stands for itself, the other 68 bytes are U+0100 and up, in order.</remarks>
internal static class ByteLevel
{
    private static readonly char[] s_characters = CreateTable();
    private static readonly Dictionary<char, byte> s_bytes = Enumerable.Range(0, 256).ToDictionary(value => s_characters[value], value => (byte)value);

    /// <summary>The character that stands for a byte.</summary>
    public static char Character(byte value) => s_characters[value];

    /// <summary>The characters that stand for bytes.</summary>
    public static string ToText(ReadOnlySpan<byte> bytes)
    {
        var text = new char[bytes.Length];
        for (var i = 0; i < text.Length; i++) text[i] = s_characters[bytes[i]];
        return new string(text);
    }

    /// <summary>The bytes that characters stand for; null where one stands for none.</summary>
    public static byte[]? ToBytes(string text)
    {
        var bytes = new byte[text.Length];
        for (var i = 0; i < bytes.Length; i++)
            if (!s_bytes.TryGetValue(text[i], out bytes[i])) return null;
        return bytes;
    }

    private static char[] CreateTable()
    {
        var table = new char[256];
        var next = 256;
        for (var value = 0; value < table.Length; value++)
            table[value] = value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ') ? (char)value : (char)next++;
        return table;
    }
}
