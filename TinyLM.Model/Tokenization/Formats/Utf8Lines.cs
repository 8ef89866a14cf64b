using System.Text;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>The lines of a text file.</summary>
internal static class Utf8Lines
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Each line with its number, from 1; a carriage return at its end is no part of it.</summary>
    /// <exception cref="TokenizerFormatException">The file is not UTF-8.</exception>
    public static IEnumerable<(int Number, string Text)> Read(NamedContent file)
    {
        string text;
        try
        {
            text = s_strict.GetString(file.Bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw file.Error($"at byte {e.Index}", "the file is not UTF-8 text");
        }
        return text.TrimStart('\uFEFF').Split('\n').Select((line, index) => (index + 1, line.TrimEnd('\r')));
    }
}
