using System.Text.Json;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>Reads a JSON schema as the regular language of the JSON texts that it describes.</summary>
/// <remarks>
/// Objects have their properties in the order of the schema and no others; after a colon or a comma may stand one space, and nowhere
/// else. A keyword that would restrict the text in a way that is not followed here is refused rather than passed over; so is a
/// schema that refers to itself, since its language is not regular. https://json-schema.org/draft/2020-12.
/// </remarks>
internal sealed class JsonSchemaParser
{
    private const int DeepestNesting = 32;

    /// <summary>Levels of values inside values where the schema leaves the value open.</summary>
    private const int OpenNesting = 3;

    private static readonly HashSet<string> s_annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "examples", "$schema", "$id", "$comment", "$defs", "definitions", "deprecated", "readOnly", "writeOnly", "additionalProperties", "strict",
    };

    private readonly JsonElement _root;
    private readonly List<string> _references = [];

    private JsonSchemaParser(JsonElement root) => _root = root;

    /// <summary>The language of a schema.</summary>
    /// <exception cref="ConstraintException">It is no schema, or cannot be followed; the message names the place.</exception>
    public static Pattern Parse(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            return new JsonSchemaParser(document.RootElement).Read(document.RootElement, "#", depth: 0);
        }
        catch (JsonException e)
        {
            throw new ConstraintException($"The JSON schema is no JSON. {e.Message}", e);
        }
    }

    private Pattern Read(JsonElement schema, string path, int depth)
    {
        if (depth > DeepestNesting) throw Wrong(path, $"it is nested more than {DeepestNesting} deep");
        if (schema.ValueKind == JsonValueKind.True) return JsonPatterns.Value(OpenNesting);
        if (schema.ValueKind != JsonValueKind.Object) throw Wrong(path, "expected an object");
        if (schema.TryGetProperty("$ref", out var reference)) return Follow(reference, path, depth);
        if (schema.TryGetProperty("const", out var constant)) return Pattern.Literal(Compact(constant));
        if (schema.TryGetProperty("enum", out var values)) return ReadEnum(values, path);
        foreach (var keyword in (string[])["anyOf", "oneOf"])
            if (schema.TryGetProperty(keyword, out var choices)) return ReadChoices(choices, $"{path}/{keyword}", depth);

        return schema.TryGetProperty("type", out var type) ? type.ValueKind switch
        {
            JsonValueKind.String => ReadType(type.GetString()!, schema, path, depth),
            JsonValueKind.Array when type.GetArrayLength() > 0 => Pattern.AnyOf([.. type.EnumerateArray().Select(one => ReadType(one.ToString(), schema, path, depth))]),
            _ => throw Wrong(path, "'type' must be a string or an array of strings"),
        }
        : schema.TryGetProperty("properties", out _) ? ReadType("object", schema, path, depth)
        : !schema.EnumerateObject().Any(member => !s_annotations.Contains(member.Name)) ? JsonPatterns.Value(OpenNesting)
        : throw Wrong(path, "'type' is missing");
    }

    private Pattern ReadType(string type, JsonElement schema, string path, int depth)
    {
        Pattern pattern;
        string[] known;
        switch (type)
        {
            case "object":
                (pattern, known) = (ReadObject(schema, path, depth), ["properties", "required"]);
                break;
            case "array":
                (pattern, known) = (ReadArray(schema, path, depth), ["items", "minItems", "maxItems"]);
                break;
            case "string":
                (pattern, known) = (ReadString(schema, path), ["minLength", "maxLength", "pattern"]);
                break;
            case "integer":
                (pattern, known) = (JsonPatterns.Integer, []);
                break;
            case "number":
                (pattern, known) = (JsonPatterns.Number, []);
                break;
            case "boolean":
                (pattern, known) = (JsonPatterns.Boolean, []);
                break;
            case "null":
                (pattern, known) = (JsonPatterns.Null, []);
                break;
            default:
                throw Wrong(path, $"there is no type '{type}'");
        }

        var isOneOfSeveral = schema.TryGetProperty("type", out var types) && types.ValueKind == JsonValueKind.Array;
        foreach (var member in schema.EnumerateObject())
            if (member.Name != "type" && !s_annotations.Contains(member.Name) && !known.Contains(member.Name) && !isOneOfSeveral)
                throw Wrong(path, $"'{member.Name}' is not supported for '{type}'");
        return pattern;
    }

    private Pattern ReadObject(JsonElement schema, string path, int depth)
    {
        if (!schema.TryGetProperty("properties", out var properties)) return JsonPatterns.Object(OpenNesting);
        if (properties.ValueKind != JsonValueKind.Object) throw Wrong(path, "'properties' must be an object");
        if (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind is not (JsonValueKind.False or JsonValueKind.True))
            throw Wrong(path, "'additionalProperties' must be false; objects have the properties of the schema alone");
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal) : [];
        if (required.FirstOrDefault(name => !properties.TryGetProperty(name, out _)) is { } absent) throw Wrong(path, $"'required' names '{absent}', which 'properties' does not have");

        // Built from the last property on: what may follow where some property stands before, and where none does.
        Pattern afterSome = Pattern.Empty, afterNone = Pattern.Empty;
        foreach (var property in properties.EnumerateObject().Reverse())
        {
            var member = Pattern.Sequence(Pattern.Literal(JsonSerializer.Serialize(property.Name) + ":"), JsonPatterns.Space, Read(property.Value, $"{path}/properties/{property.Name}", depth + 1));
            var further = Pattern.Sequence(Pattern.Literal(","), JsonPatterns.Space, member);
            var isRequired = required.Contains(property.Name);
            afterNone = isRequired ? Pattern.Sequence(member, afterSome) : Pattern.AnyOf(Pattern.Sequence(member, afterSome), afterNone);
            afterSome = Pattern.Sequence(isRequired ? further : further.Optional(), afterSome);
        }

        return Pattern.Sequence(Pattern.Literal("{"), afterNone, Pattern.Literal("}"));
    }

    private Pattern ReadArray(JsonElement schema, string path, int depth)
    {
        var item = schema.TryGetProperty("items", out var items) ? Read(items, $"{path}/items", depth + 1) : JsonPatterns.Value(OpenNesting - 1);
        return JsonPatterns.Array(item, Count(schema, "minItems", path) ?? 0, Count(schema, "maxItems", path));
    }

    private static Pattern ReadString(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("pattern", out var pattern)) return JsonPatterns.String(Count(schema, "minLength", path) ?? 0, Count(schema, "maxLength", path));
        if (pattern.ValueKind != JsonValueKind.String) throw Wrong(path, "'pattern' must be a string");
        if (schema.TryGetProperty("minLength", out _) || schema.TryGetProperty("maxLength", out _)) throw Wrong(path, "'pattern' together with a length is not supported; say the length in the pattern");
        return Pattern.Sequence(Pattern.Literal("\""), JsonPatterns.Escaped(RegexParser.Parse(pattern.GetString()!)), Pattern.Literal("\""));
    }

    private static Pattern ReadEnum(JsonElement values, string path) => values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0
        ? Pattern.AnyOf([.. values.EnumerateArray().Select(value => Pattern.Literal(Compact(value)))])
        : throw Wrong(path, "'enum' must be an array with at least one value");

    private Pattern ReadChoices(JsonElement choices, string path, int depth) => choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
        ? Pattern.AnyOf([.. choices.EnumerateArray().Select((choice, i) => Read(choice, $"{path}/{i}", depth + 1))])
        : throw Wrong(path, "expected an array with at least one schema");

    private Pattern Follow(JsonElement reference, string path, int depth)
    {
        var target = reference.ToString();
        if (!target.StartsWith('#')) throw Wrong(path, $"'{target}' lies outside of the schema");
        if (_references.Contains(target)) throw Wrong(path, $"'{target}' refers to itself; only schemas of limited depth can be followed");
        var schema = _root;
        foreach (var part in target[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out schema))
                throw Wrong(path, $"there is no '{target}'");
        _references.Add(target);
        var pattern = Read(schema, target, depth + 1);
        _references.Remove(target);
        return pattern;
    }

    private static int? Count(JsonElement schema, string keyword, string path) => !schema.TryGetProperty(keyword, out var count) ? null
        : count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var number) && number is >= 0 and <= 1000 ? number
        : throw Wrong(path, $"'{keyword}' must be a whole number up to 1,000");

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    private static ConstraintException Wrong(string path, string why) => new($"The JSON schema cannot be followed: at {path}, {why}.");
}
