using System.Buffers;

namespace TinyLM.Model.Corpora.Texts;

/// <summary>What counts as a document, as docs/formats.md tells it.</summary>
internal static class TextRules
{
    /// <summary>Longest document, and longest stretch of a running text without white space, in bytes.</summary>
    public const int MaxDocumentBytes = 16 << 20;

    /// <summary>Longest line of JSON: the longest document with most of it escaped.</summary>
    public const int MaxJsonLineBytes = 4 * MaxDocumentBytes;

    /// <summary>Size to which a running text is cut, in bytes.</summary>
    public const int PieceBytes = 64 << 10;

    /// <summary>The file of the documents, beside corpus.json.</summary>
    public const string DocumentsFile = "documents.txt";

    /// <summary>Describes the corpus.</summary>
    public const string InfoFile = "corpus.json";

    private static readonly SearchValues<byte> s_whiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);

    /// <summary>A line of this and nothing else stands between two documents.</summary>
    public static ReadOnlySpan<byte> Separator => "<|endoftext|>"u8;

    /// <summary>ASCII's white space; none of its bytes is part of another character in UTF-8.</summary>
    public static SearchValues<byte> WhiteSpace => s_whiteSpace;

    /// <summary>A document without the line breaks around it; empty where it is nothing but white space.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> document) => document.ContainsAnyExcept(s_whiteSpace) ? document.Trim((byte)'\n') : [];

    /// <summary>Where the first piece of a running text ends: after a line, else before white space; 0 where there is no place to cut.</summary>
    /// <param name="text">What comes next of the text; the piece ends before its last byte, which is only looked at.</param>
    public static int Cut(ReadOnlySpan<byte> text)
    {
        // First choice: a line break between two words. Every splitting pattern cuts there, so the tokens are those of the whole text.
        var window = text[..Math.Min(text.Length, PieceBytes + 1)];
        for (var end = window.Length - 1; (end = window[..end].LastIndexOf((byte)'\n')) > 0;)
            if (!s_whiteSpace.Contains(window[end - 1]) && !s_whiteSpace.Contains(window[end + 1])) return end + 1;

        if (window[..^1].LastIndexOf((byte)'\n') is >= 0 and var line) return line + 1;
        if (window[1..].LastIndexOfAny(s_whiteSpace) is >= 0 and var space) return space + 1; // a space belongs to the word after it
        return text.Length > window.Length && text[window.Length..].IndexOfAny(s_whiteSpace) is >= 0 and var later ? window.Length + later : 0;
    }
}
