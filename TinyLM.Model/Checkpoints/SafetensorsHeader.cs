using System.Text.Json;

namespace TinyLM.Model.Checkpoints;

/// <summary>The header of a safetensors file: which tensors lie where. Strict, since the sizes in it decide what is allocated.</summary>
/// <remarks>
/// https://github.com/huggingface/safetensors#format: eight bytes little-endian with the header's length, a JSON object, then the
/// data. The tensors cover the data without overlap or gap; names are unique; the header has at most 100 MB.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>Longest header, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    private const string MetadataName = "__metadata__";

    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader()
    {
    }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>Free text that the writer left.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads a header and checks it against the length of the data.</summary>
    /// <param name="json">The header, without the length before it.</param>
    /// <param name="dataLength">Bytes after the header.</param>
    /// <exception cref="InvalidDataException">A rule is broken; the message says which and where, without the file.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength)
    {
        if (json.IsEmpty || json[0] != (byte)'{') throw new InvalidDataException("the header does not begin with '{' at byte 8");
        var header = new SafetensorsHeader();
        try
        {
            header.Read(json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the header is no JSON at byte {8 + (e.BytePositionInLine ?? 0)}: {e.Message}", e);
        }
        header.CheckCover(dataLength);
        return header;
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = reader.TokenStartIndex + 8;
            var name = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException($"'{name}' at byte {at} is no JSON object");
            if (name == MetadataName)
            {
                if (_metadata.Count > 0) throw new InvalidDataException($"'{name}' stands twice, again at byte {at}");
                ReadMetadata(ref reader);
            }
            else
            {
                var entry = ReadEntry(ref reader, name, at);
                if (!_entries.TryAdd(name, entry)) throw new InvalidDataException($"the tensor '{name}' stands twice, again at byte {at}");
            }
        }
        while (reader.Read()) { } // what follows the object must be blanks: anything else throws
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = reader.TokenStartIndex + 8;
            var name = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw new InvalidDataException($"'{name}' in {MetadataName} at byte {at} is no text");
            if (!_metadata.TryAdd(name, Text(ref reader))) throw new InvalidDataException($"'{name}' stands twice in {MetadataName}, again at byte {at}");
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, long at)
    {
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Text(ref reader);
            reader.Read();
            var unread = member switch
            {
                "dtype" => type is null && reader.TokenType == JsonTokenType.String && (type = Text(ref reader)) is not null,
                "shape" => shape is null && (shape = Numbers(ref reader)) is not null,
                "data_offsets" => offsets is null && (offsets = Numbers(ref reader)) is not null,
                _ => false,
            };
            if (!unread) throw new InvalidDataException($"'{member}' of '{name}' near byte {reader.TokenStartIndex + 8} is unknown, doubled or of a wrong kind");
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
            throw new InvalidDataException($"the tensor '{name}' at byte {at} lacks dtype, shape or two data_offsets");
        var size = SafetensorsEntry.SizeOf(type);
        if (size == 0) throw new InvalidDataException($"the tensor '{name}' at byte {at} has the unknown dtype '{type}'");
        var bytes = (Int128)size;
        foreach (var dimension in shape)
        {
            bytes *= dimension;
            if (bytes > long.MaxValue) throw new InvalidDataException($"the tensor '{name}' at byte {at} has a shape of more than {long.MaxValue} bytes");
        }
        if (end < begin || end - begin != bytes)
            throw new InvalidDataException($"the tensor '{name}' at byte {at} has {type} ({string.Join(", ", shape)}), {bytes} bytes, but data_offsets {begin} to {end}");
        return new SafetensorsEntry(name, type, shape, begin, end);
    }

    private static List<long>? Numbers(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return null;
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0) return null;
            numbers.Add(number);
        }
        return numbers;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"the text at byte {reader.TokenStartIndex + 8} is no well-formed Unicode", e);
        }
    }

    private void CheckCover(long dataLength)
    {
        var position = 0L;
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < position) throw new InvalidDataException($"the tensor '{entry.Name}' begins at {entry.Begin} of the data, inside the one before, which ends at {position}");
            if (entry.Begin > position) throw new InvalidDataException($"nothing lies between {position} and {entry.Begin} of the data, before the tensor '{entry.Name}'");
            position = entry.End;
        }
        if (position != dataLength) throw new InvalidDataException($"the tensors take {position} bytes and the file holds {dataLength} bytes of data");
    }
}
