using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TinyLM.Model.Corpora.Texts;

/// <summary>Takes the document out of each line of JSON and writes it as a document of text. Memory is that of the longest line.</summary>
/// <param name="output">Gets the documents with a separator after each.</param>
internal sealed class JsonLinesParser(Stream output)
{
    private const int NamedFields = 8;
    private const int LongestName = 40;

    /// <summary>Where a document may stand, the first that is there; anything else is passed over.</summary>
    private static readonly string[] s_fields = ["text", "story", "content"];

    private readonly ArrayBufferWriter<byte> _unfinished = new();
    private readonly SortedSet<string> _used = new(StringComparer.Ordinal);
    private byte[] _document = [];
    private long _line;

    /// <summary>The fields that held documents.</summary>
    public IReadOnlyCollection<string> UsedFields => _used;

    /// <summary>Whether a text of another name is JSON lines: its first line is an object.</summary>
    /// <param name="block">The start of the text.</param>
    public static bool IsFirstLineAnObject(ReadOnlySpan<byte> block)
    {
        block = block.TrimStart((byte)'\n');
        if (!block.StartsWith("{"u8)) return false;
        var end = block.IndexOf((byte)'\n');
        var reader = new Utf8JsonReader(end < 0 ? block : block[..end], isFinalBlock: end >= 0, state: default); // a line without an end may go on
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Parses the lines that end in a block of normalised text.</summary>
    /// <exception cref="CorpusFormatException">A line is no JSON object, or has no document.</exception>
    public void Add(ReadOnlySpan<byte> block)
    {
        while (block.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (_unfinished.WrittenCount == 0)
            {
                ParseLine(block[..end]);
            }
            else
            {
                Keep(block[..end]);
                ParseLine(_unfinished.WrittenSpan);
                _unfinished.ResetWrittenCount();
            }
            block = block[(end + 1)..];
        }
        Keep(block);
    }

    /// <summary>Parses the last line.</summary>
    public void End()
    {
        ParseLine(_unfinished.WrittenSpan);
        _unfinished.Clear();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_unfinished.WrittenCount + (long)part.Length > TextRules.MaxJsonLineBytes)
            throw new CorpusFormatException($"Expected lines of at most {TextRules.MaxJsonLineBytes >> 20} MiB, found a longer one in line {Number(_line + 1)}. Break its document into several lines.");
        _unfinished.Write(part);
    }

    private void ParseLine(ReadOnlySpan<byte> line)
    {
        _line++;
        if (!line.ContainsAnyExcept(TextRules.WhiteSpace)) return;
        if (_document.Length < line.Length) _document = new byte[Math.Max(line.Length, 2 * _document.Length)];
        var length = 0;
        try
        {
            length = ReadObject(line);
        }
        catch (JsonException e)
        {
            var column = Encoding.UTF8.GetCharCount(line[..(int)Math.Clamp(e.BytePositionInLine ?? 0, 0, line.Length)]) + 1;
            var problem = e.Message.Split(" LineNumber:")[0];
            throw new CorpusFormatException($"Expected one JSON object a line, found malformed JSON in line {Number(_line)}, column {Number(column)}: {problem} Correct or remove the line.", e);
        }

        var document = TextRules.Trim(_document.AsSpan(0, Utf8Source.Normalize(_document.AsSpan(0, length))));
        if (document.Length > TextRules.MaxDocumentBytes)
            throw new CorpusFormatException($"Expected documents of at most {TextRules.MaxDocumentBytes >> 20} MiB, found one of {Number(document.Length)} bytes in line {Number(_line)}. Break it into several lines.");
        if (document.Contains((byte)0)) throw new CorpusFormatException($"Expected text, found the character U+0000 in the document of line {Number(_line)}. Remove it and add the file again.");
        if (document.Length == 0) return;
        output.Write(document);
        output.Write("\n<|endoftext|>\n"u8);
    }

    /// <summary>Puts the document of a line into the buffer, which is long enough.</summary>
    private int ReadObject(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new CorpusFormatException(
                $"Expected one JSON object a line, found {NameOf(reader.TokenType)} in line {Number(_line)}. "
                + "Write each document as an object on a line of its own, such as {\"text\": \"…\"}.");

        var (best, length) = (s_fields.Length, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = 0;
            while (field < s_fields.Length && !reader.ValueTextEquals(s_fields[field])) field++;
            reader.Read();
            if (field < s_fields.Length && field <= best && reader.TokenType == JsonTokenType.String) (best, length) = (field, Copy(ref reader));
            reader.Skip();
        }
        while (reader.Read()) { } // anything after the object is an error
        if (best == s_fields.Length)
            throw new CorpusFormatException(
                $"Expected a field \"text\", \"story\" or \"content\" with a string in line {Number(_line)}, found {FieldsOf(line)}. "
                + "Rename the field that holds the document to \"text\".");

        _used.Add(s_fields[best]);
        return length;
    }

    /// <summary>The fields of a sound object, for people.</summary>
    private static string FieldsOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        var fields = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject && fields.Count <= NamedFields)
        {
            var name = Encoding.UTF8.GetString(reader.ValueSpan);
            if (name.Length > LongestName) name = name[..LongestName] + "…";
            reader.Read();
            fields.Add(fields.Count < NamedFields ? $"\"{name}\" ({NameOf(reader.TokenType)})" : "others");
            reader.Skip();
        }
        return fields.Count == 0 ? "none" : string.Join(", ", fields);
    }

    private int Copy(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.CopyString(_document);
        }
        catch (InvalidOperationException e)
        {
            throw new CorpusFormatException($"Expected Unicode text, found half a surrogate pair (an escape such as \\ud83d without its other half) in line {Number(_line)}. Correct or remove the line.", e);
        }
    }

    private static string NameOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
