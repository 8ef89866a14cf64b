using System.Globalization;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>How SentencePiece names the tokens of bytes: <c>&lt;0x0A&gt;</c>.</summary>
internal static class ByteNames
{
    /// <summary>The name of a byte's token.</summary>
    public static string Of(byte value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>The byte whose token has a name.</summary>
    public static bool TryParse(string name, out byte value)
    {
        value = 0;
        return name.Length == 6 && name.StartsWith("<0x", StringComparison.Ordinal) && name[5] == '>'
            && byte.TryParse(name.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
