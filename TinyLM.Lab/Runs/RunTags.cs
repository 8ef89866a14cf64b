using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyLM.Lab.Runs;

/// <summary>The tags of a run: trimmed, each once whatever its case, in order of the alphabet. Equal when their texts are.</summary>
[JsonConverter(typeof(Converter))]
public sealed class RunTags : IReadOnlyList<string>, IEquatable<RunTags>
{
    /// <summary>Longest tag, in characters.</summary>
    public const int LongestTag = 40;

    private readonly string[] _tags;

    /// <param name="tags">In any order; empty ones are passed over and long ones cut.</param>
    public RunTags(IEnumerable<string> tags) =>
        _tags = [.. tags.Select(Clean).Where(tag => tag.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>No tags.</summary>
    public static RunTags None { get; } = new([]);

    /// <summary>Reads what a person typed: tags with commas between them.</summary>
    public static RunTags Parse(string? text) => new((text ?? "").Split(','));

    /// <inheritdoc/>
    public int Count => _tags.Length;

    /// <inheritdoc/>
    public string this[int index] => _tags[index];

    /// <summary>These and others.</summary>
    public RunTags With(IEnumerable<string> others) => new(_tags.Concat(others));

    /// <inheritdoc/>
    public bool Equals(RunTags? other) => other is not null && _tags.AsSpan().SequenceEqual(other._tags);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RunTags);

    /// <inheritdoc/>
    public override int GetHashCode() => _tags.Aggregate(0, HashCode.Combine);

    /// <summary>The tags with commas between them.</summary>
    public override string ToString() => string.Join(", ", _tags);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _tags.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string Clean(string tag)
    {
        var words = string.Join(' ', tag.Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries));
        return words.Length <= LongestTag ? words : words[..LongestTag].TrimEnd();
    }

    private sealed class Converter : JsonConverter<RunTags>
    {
        public override RunTags Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<string[]>(ref reader, options) ?? []);

        public override void Write(Utf8JsonWriter writer, RunTags value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._tags, options);
    }
}
