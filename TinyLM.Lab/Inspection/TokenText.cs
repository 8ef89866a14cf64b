using System.Globalization;
using System.Text;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Inspection;

/// <summary>How a single token is written where people must tell tokens apart: spaces and line ends have signs, and bytes that are no whole character stand as bytes.</summary>
public static class TokenText
{
    /// <summary>Stands for the token between documents.</summary>
    public const string EndOfText = "⟨doc⟩";

    /// <summary>Writes a token.</summary>
    public static string Of(TextTokenizer tokenizer, int id)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (id == tokenizer.EndOfTextId) return EndOfText;
        if (tokenizer.FindSpecial(id) is { } special) return special.Text;
        if (!tokenizer.HasToken(id)) return $"⟨{id}⟩"; // a row of the table that no text reaches
        var bytes = tokenizer.TokenBytes(id).Span;
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (!isWhole) text.Append('<').Append(bytes[0].ToString("X2", CultureInfo.InvariantCulture)).Append('>');
            else Append(text, rune);
            bytes = bytes[(isWhole ? length : 1)..];
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        switch (rune.Value)
        {
            case ' ': text.Append('·'); break;
            case '\n': text.Append('↵'); break;
            case '\t': text.Append('⇥'); break;
            case var value when Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format: text.Append(CultureInfo.InvariantCulture, $"<U+{value:X4}>"); break;
            default: text.Append(rune); break;
        }
    }
}
