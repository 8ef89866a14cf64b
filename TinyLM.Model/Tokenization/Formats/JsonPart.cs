using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>A part of a JSON file with the place where it stands, so that every error can name it.</summary>
/// <param name="File">The file.</param>
/// <param name="Place">The path of the part, as <c>$.model.vocab</c>.</param>
/// <param name="Value">The part.</param>
internal readonly record struct JsonPart(NamedContent File, string Place, JsonElement Value)
{
    /// <summary>Whether it is missing or null.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The name of the kind of part that this is, in Hugging Face's files; empty where it has none.</summary>
    public string Type => Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";

    /// <summary>A member; an undefined one where it is missing.</summary>
    public JsonPart this[string name] => new(File, $"{Place}.{name}", Value.ValueKind == JsonValueKind.Object && Value.TryGetProperty(name, out var member) ? member : default);

    /// <summary>A member that must be there.</summary>
    public JsonPart Member(string name) => this[name] is { Value.ValueKind: not JsonValueKind.Undefined } member ? member : throw this[name].Error("it is missing");

    /// <summary>The items of a list.</summary>
    public IEnumerable<JsonPart> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array) throw Error($"expected a list, found {Value.ValueKind}");
        var (file, place) = (File, Place);
        return Value.EnumerateArray().Select((item, index) => new JsonPart(file, $"{place}[{index}]", item));
    }

    /// <summary>A text; what is expected where it is missing or no text.</summary>
    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Error($"expected a text, found {Found}");

    /// <summary>Yes or no, or what a missing one means.</summary>
    public bool Flag(bool otherwise) => Value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => otherwise,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"expected true or false, found {Found}"),
    };

    /// <summary>What is there, for messages: the kind of part where it tells one.</summary>
    public string Found => Type is { Length: > 0 } type ? $"\"{type}\"" : Value.ValueKind is JsonValueKind.Undefined ? "nothing" : Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Value.ValueKind.ToString() : Value.ToString();

    /// <summary>What is wrong, with file and place.</summary>
    public TokenizerFormatException Error(string problem) => File.Error($"at {Place}", problem);
}
