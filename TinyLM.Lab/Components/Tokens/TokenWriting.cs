using System.Buffers;
using System.Globalization;
using System.Text;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>How bytes of a token are written for people: characters where they are whole, hexadecimal where not and for control characters, and signs for what else cannot be seen.</summary>
internal static class TokenWriting
{
    /// <summary>The pieces of a token's text.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="showInvisible">Whether spaces and tabs get signs; line ends always do, a chip of nothing else would be empty.</param>
    public static IReadOnlyList<TokenSegment> Segments(ReadOnlySpan<byte> bytes, bool showInvisible)
    {
        var segments = new List<TokenSegment>(1);
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done;
            if (isWhole && !(rune.IsAscii && Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')))
            {
                Append(text, rune, showInvisible);
            }
            else
            {
                while (!isWhole && length < bytes.Length && Rune.DecodeFromUtf8(bytes[length..], out _, out var more) != OperationStatus.Done) length += more;
                Take(text, segments);
                segments.Add(new TokenSegment(Hexadecimal(bytes[..length]), true));
            }
            bytes = bytes[length..];
        }
        Take(text, segments);
        return segments;
    }

    /// <summary>All of a token in one line, spaces as signs.</summary>
    public static string Line(ReadOnlySpan<byte> bytes) =>
        string.Concat(Segments(bytes, showInvisible: true).Select(segment => segment.IsHexadecimal ? $"⟨{segment.Text}⟩" : segment.Text)).ReplaceLineEndings("");

    /// <summary>Bytes in hexadecimal, spaces between.</summary>
    public static string Hexadecimal(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var value in bytes) text.Append(text.Length == 0 ? "" : " ").Append(value.ToString("X2", CultureInfo.InvariantCulture));
        return text.ToString();
    }

    /// <summary>A character by its number and what it is: U+00E9 é.</summary>
    public static string Name(Rune rune) => $"U+{rune.Value:X4}{(IsVisible(rune) ? $" {rune}" : "")}";

    /// <summary>Columns that a text takes in a typewriter face; letters of East Asia and emoji take two.</summary>
    public static int Columns(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
            columns += Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : IsWide(rune.Value) ? 2 : 1;
        return columns;
    }

    private static bool IsWide(int value) => value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);

    private static void Append(StringBuilder text, Rune rune, bool showInvisible)
    {
        switch (rune.Value)
        {
            case '\n': text.Append("↵\n"); break;
            case ' ': text.Append(showInvisible ? '·' : ' '); break;
            case '\t': text.Append(showInvisible ? "→" : "\t"); break;
            case 0xA0: text.Append(showInvisible ? "⍽" : "\u00A0"); break;
            default:
                if (!IsVisible(rune) && (showInvisible || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control)) text.Append(CultureInfo.InvariantCulture, $"[{rune.Value:X4}]");
                else text.Append(rune.ToString());
                break;
        }
    }

    private static void Take(StringBuilder text, List<TokenSegment> segments)
    {
        if (text.Length == 0) return;
        segments.Add(new TokenSegment(text.ToString(), false));
        text.Clear();
    }
}
