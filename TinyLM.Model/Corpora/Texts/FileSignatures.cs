namespace TinyLM.Model.Corpora.Texts;

/// <summary>Files that are no text, by their first bytes.</summary>
internal static class FileSignatures
{
    private static readonly (byte[] Start, string Name, string Advice)[] s_signatures =
    [
        ([0xFF, 0xFE], "a text in UTF-16", "Save it as UTF-8 and add it again."),
        ([0xFE, 0xFF], "a text in UTF-16", "Save it as UTF-8 and add it again."),
        ([0x00, 0x00, 0xFE, 0xFF], "a text in UTF-32", "Save it as UTF-8 and add it again."),
        ([0x89, .. "PNG"u8], "a PNG picture", "Choose a file of text."),
        ([0xFF, 0xD8, 0xFF], "a JPEG picture", "Choose a file of text."),
        ([.. "%PDF-"u8], "a PDF document", "Copy its text into a text file and add that."),
        ([.. "PK\u0003\u0004"u8], "a ZIP archive or an office document", "Unpack it, or save it as plain text."),
        ([0x1F, 0x8B], "a gzip archive", "Unpack it and add the text inside."),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive", "Unpack it and add the text inside."),
        ([.. "PAR1"u8], "a Parquet table", "Write its texts as JSON lines and add those."),
    ];

    /// <summary>Refuses what a person may take for a text by mistake.</summary>
    /// <exception cref="CorpusFormatException">It is such a file.</exception>
    public static void Check(ReadOnlySpan<byte> start)
    {
        foreach (var (signature, name, advice) in s_signatures)
            if (start.StartsWith(signature)) throw new CorpusFormatException($"Expected text in UTF-8, found {name} by the first bytes of the file. {advice}");
    }
}
