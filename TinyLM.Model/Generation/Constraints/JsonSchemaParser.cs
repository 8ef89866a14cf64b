using System.Text.Json;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>Reads a JSON schema as the regular language of the JSON texts that it describes.</summary>
/// <remarks>
/// Objects have their properties in the order of the schema and no others; after a colon or a comma may stand one space, and nowhere
/// else. A keyword that would restrict the text in a way that is not followed here is refused rather than passed over. The language of
/// a schema that refers to itself is not regular; its values are nested to a limited depth. https://json-schema.org/draft/2020-12.
/// A pattern of null stands for a value that there is none of: what would be nested deeper.
/// </remarks>
internal sealed class JsonSchemaParser
{
    private const int DeepestNesting = 32;

    /// <summary>Levels of values inside values where the schema leaves the value open.</summary>
    private const int OpenNesting = 3;

    /// <summary>Times that a schema may stand within itself.</summary>
    private const int SelfNesting = 3;

    private static readonly HashSet<string> s_annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "examples", "$schema", "$id", "$comment", "$defs", "definitions", "deprecated", "readOnly", "writeOnly", "additionalProperties", "strict",
    };

    /// <summary>Keywords that say all of a value.</summary>
    private static readonly string[] s_whole = ["$ref", "const", "enum", "anyOf", "oneOf", "allOf"];

    private static readonly string[] s_bounds = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"];

    /// <summary>What is followed of each type.</summary>
    private static readonly Dictionary<string, string[]> s_keywords = new(StringComparer.Ordinal)
    {
        ["object"] = ["properties", "required"],
        ["array"] = ["items", "minItems", "maxItems"],
        ["string"] = ["minLength", "maxLength", "pattern", "format"],
        ["integer"] = s_bounds,
        ["number"] = s_bounds,
        ["boolean"] = [],
        ["null"] = [],
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
            return new JsonSchemaParser(document.RootElement).Read(document.RootElement, "#", depth: 0)
                ?? throw Wrong("#", $"no value of it has an end, or none that is nested at most {SelfNesting} deep in itself");
        }
        catch (JsonException e)
        {
            throw new ConstraintException($"The JSON schema is no JSON. {e.Message}", e);
        }
    }

    private Pattern? Read(JsonElement schema, string path, int depth)
    {
        if (depth > DeepestNesting) throw Wrong(path, $"it is nested more than {DeepestNesting} deep");
        if (schema.ValueKind == JsonValueKind.True) return JsonPatterns.Value(OpenNesting);
        if (schema.ValueKind != JsonValueKind.Object) throw Wrong(path, "expected an object");
        foreach (var keyword in s_whole)
        {
            if (!schema.TryGetProperty(keyword, out var value)) continue;
            foreach (var member in schema.EnumerateObject())
                if (member.Name != keyword && !s_annotations.Contains(member.Name) && !(member.Name == "type" && keyword is "const" or "enum"))
                    throw Wrong(path, $"'{member.Name}' beside '{keyword}' is not supported");
            return keyword switch
            {
                "$ref" => Follow(value, path, depth),
                "const" => Pattern.Literal(Compact(value)),
                "enum" => ReadEnum(value, path),
                "allOf" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 => Read(value[0], $"{path}/allOf/0", depth + 1),
                "allOf" => throw Wrong(path, "'allOf' of several schemas is not supported"),
                _ => ReadChoices(value, $"{path}/{keyword}", depth),
            };
        }

        return schema.TryGetProperty("type", out var type) ? type.ValueKind switch
        {
            JsonValueKind.String => ReadTypes([type.GetString()!], schema, path, depth),
            JsonValueKind.Array when type.GetArrayLength() > 0 => ReadTypes([.. type.EnumerateArray().Select(one => one.ToString())], schema, path, depth),
            _ => throw Wrong(path, "'type' must be a string or an array of strings"),
        }
        : schema.TryGetProperty("properties", out _) ? ReadTypes(["object"], schema, path, depth)
        : !schema.EnumerateObject().Any(member => !s_annotations.Contains(member.Name)) ? JsonPatterns.Value(OpenNesting)
        : throw Wrong(path, "'type' is missing");
    }

    private Pattern? ReadTypes(string[] types, JsonElement schema, string path, int depth)
    {
        foreach (var type in types.Where(type => !s_keywords.ContainsKey(type))) throw Wrong(path, $"there is no type '{type}'");
        var known = types.SelectMany(type => s_keywords[type]).ToHashSet(StringComparer.Ordinal);
        foreach (var member in schema.EnumerateObject())
            if (member.Name != "type" && !s_annotations.Contains(member.Name) && !known.Contains(member.Name))
                throw Wrong(path, $"'{member.Name}' is not supported for '{string.Join("' or '", types)}'");
        return AnyOf(types.Select(type => type switch
        {
            "object" => ReadObject(schema, path, depth),
            "array" => ReadArray(schema, path, depth),
            "string" => ReadString(schema, path),
            "integer" => IsBounded(schema) ? Range(schema, path).Integers() ?? throw Wrong(path, "there is no whole number between the bounds") : JsonPatterns.Integer,
            "number" => IsBounded(schema) ? Range(schema, path).Numbers() ?? throw Wrong(path, "there is no number between the bounds") : JsonPatterns.Number,
            "boolean" => JsonPatterns.Boolean,
            _ => JsonPatterns.Null,
        }));
    }

    private Pattern? ReadObject(JsonElement schema, string path, int depth)
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
            var isRequired = required.Contains(property.Name);
            if (Read(property.Value, $"{path}/properties/{property.Name}", depth + 1) is not { } value)
            {
                if (isRequired) return null;
                continue;
            }

            var member = Pattern.Sequence(Pattern.Literal(JsonSerializer.Serialize(property.Name) + ":"), JsonPatterns.Space, value);
            var further = Pattern.Sequence(Pattern.Literal(","), JsonPatterns.Space, member);
            afterNone = isRequired ? Pattern.Sequence(member, afterSome) : Pattern.AnyOf(Pattern.Sequence(member, afterSome), afterNone);
            afterSome = Pattern.Sequence(isRequired ? further : further.Optional(), afterSome);
        }

        return Pattern.Sequence(Pattern.Literal("{"), afterNone, Pattern.Literal("}"));
    }

    private Pattern? ReadArray(JsonElement schema, string path, int depth)
    {
        var (least, most) = (Count(schema, "minItems", path) ?? 0, Count(schema, "maxItems", path));
        if (most < least) throw Wrong(path, "'maxItems' is less than 'minItems'");
        var item = schema.TryGetProperty("items", out var items) ? Read(items, $"{path}/items", depth + 1) : JsonPatterns.Value(OpenNesting - 1);
        return item is not null ? JsonPatterns.Array(item, least, most) : least == 0 ? Pattern.Literal("[]") : null;
    }

    private static Pattern ReadString(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("format", out var format))
        {
            if (((string[])["pattern", "minLength", "maxLength"]).FirstOrDefault(one => schema.TryGetProperty(one, out _)) is { } other) throw Wrong(path, $"'{other}' beside 'format' is not supported");
            return Quoted(JsonFormats.Find(format.ToString()) ?? throw Wrong(path, $"the format '{format}' is not supported; there are {string.Join(", ", JsonFormats.Names)}"));
        }

        if (!schema.TryGetProperty("pattern", out var pattern)) return JsonPatterns.String(Count(schema, "minLength", path) ?? 0, Count(schema, "maxLength", path));
        if (pattern.ValueKind != JsonValueKind.String) throw Wrong(path, "'pattern' must be a string");
        if (schema.TryGetProperty("minLength", out _) || schema.TryGetProperty("maxLength", out _)) throw Wrong(path, "'pattern' together with a length is not supported; say the length in the pattern");
        return Quoted(JsonPatterns.Escaped(RegexParser.Parse(pattern.GetString()!)));
    }

    private static Pattern Quoted(Pattern text) => Pattern.Sequence(Pattern.Literal("\""), text, Pattern.Literal("\""));

    private static bool IsBounded(JsonElement schema) => s_bounds.Any(keyword => schema.TryGetProperty(keyword, out _));

    private static NumberRange Range(JsonElement schema, string path)
    {
        var (least, above) = (Bound(schema, "minimum", path), Bound(schema, "exclusiveMinimum", path));
        var (most, below) = (Bound(schema, "maximum", path), Bound(schema, "exclusiveMaximum", path));
        var (isAbove, isBelow) = (above is not null && !(least > above), below is not null && !(most < below));
        return new NumberRange(isAbove ? above : least, isAbove, isBelow ? below : most, isBelow);
    }

    private static decimal? Bound(JsonElement schema, string keyword, string path) => !schema.TryGetProperty(keyword, out var bound) ? null
        : bound.ValueKind == JsonValueKind.Number && bound.TryGetDecimal(out var number) ? number
        : throw Wrong(path, $"'{keyword}' must be a number of at most 28 digits");

    private static Pattern ReadEnum(JsonElement values, string path) => values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0
        ? Pattern.AnyOf([.. values.EnumerateArray().Select(value => Pattern.Literal(Compact(value)))])
        : throw Wrong(path, "'enum' must be an array with at least one value");

    private Pattern? ReadChoices(JsonElement choices, string path, int depth) => choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
        ? AnyOf(choices.EnumerateArray().Select((choice, i) => Read(choice, $"{path}/{i}", depth + 1)))
        : throw Wrong(path, "expected an array with at least one schema");

    /// <summary>Those of the patterns that there are.</summary>
    private static Pattern? AnyOf(IEnumerable<Pattern?> patterns) => patterns.OfType<Pattern>().ToArray() is [_, ..] some ? Pattern.AnyOf(some) : null;

    private Pattern? Follow(JsonElement reference, string path, int depth)
    {
        var target = reference.ToString();
        if (!target.StartsWith('#')) throw Wrong(path, $"'{target}' lies outside of the schema");
        if (_references.Count(one => one == target) >= SelfNesting) return null;
        var schema = _root;
        foreach (var part in target[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out schema))
                throw Wrong(path, $"there is no '{target}'");
        _references.Add(target);
        var pattern = Read(schema, target, depth + 1);
        _references.RemoveAt(_references.Count - 1);
        return pattern;
    }

    private static int? Count(JsonElement schema, string keyword, string path) => !schema.TryGetProperty(keyword, out var count) ? null
        : count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var number) && number is >= 0 and <= 1000 ? number
        : throw Wrong(path, $"'{keyword}' must be a whole number up to 1,000");

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    private static ConstraintException Wrong(string path, string why) => new($"The JSON schema cannot be followed: at {path}, {why}.");
}
