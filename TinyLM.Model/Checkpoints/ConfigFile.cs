using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>Hugging Face's <c>config.json</c>: which family a model is of, and its shape.</summary>
internal sealed class ConfigFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly JsonElement _json;

    private ConfigFile(string path, JsonElement json) => (Path, _json) = (path, json);

    /// <summary>The file, for errors.</summary>
    public string Path { get; }

    /// <summary>Reads the shape of a model.</summary>
    /// <exception cref="CheckpointException">The file is missing, no JSON, or of a model that this engine does not know.</exception>
    public static ModelConfig Read(string path)
    {
        using var json = Parse(path);
        var file = new ConfigFile(path, json.RootElement);
        var config = file.Value<string>("model_type") switch
        {
            "gpt2" => Gpt2Config.Parse(file),
            "llama" => LlamaConfig.Parse(file),
            var other => throw new CheckpointException($"{path}: model_type is '{other}'; this engine reads 'gpt2' and 'llama'."),
        };
        if (config.Validate() is [_, ..] problems) throw new CheckpointException($"{path}: {string.Join(" ", problems)}");
        return config;
    }

    /// <summary>The content of <c>config.json</c>.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="endOfTextId">The token that stands before each document; null where it is not known.</param>
    public static string ToJson(ModelConfig config, int? endOfTextId) => (config.Family switch
    {
        ModelFamily.Gpt2 => Gpt2Config.ToJson(config, endOfTextId),
        ModelFamily.Llama => LlamaConfig.ToJson(config, endOfTextId),
        var family => throw new ArgumentException($"There is no config.json for the family {family}.", nameof(config)),
    }).ToJsonString(s_indented);

    /// <summary>The content of <c>generation_config.json</c>: how the lab samples by default.</summary>
    public static string GenerationJson(int endOfTextId) => new JsonObject
    {
        ["_from_model_config"] = false,
        ["bos_token_id"] = endOfTextId,
        ["eos_token_id"] = endOfTextId,
        ["pad_token_id"] = endOfTextId,
        ["do_sample"] = true,
        ["temperature"] = 0.8,
    }.ToJsonString(s_indented);

    /// <summary>A member; null where it is missing or null.</summary>
    /// <exception cref="CheckpointException">A name in the file is no text.</exception>
    public JsonElement? Find(string name) => Find(_json, name);

    /// <summary>A member, or the type's default where it is missing or null.</summary>
    /// <exception cref="CheckpointException">It is of another kind.</exception>
    public T? Value<T>(string name) => Find(name) is { } member ? Value<T>(member, name) : default;

    /// <summary>A member of a member.</summary>
    /// <inheritdoc cref="Value{T}(string)"/>
    public T? Value<T>(JsonElement parent, string name, string inner) =>
        parent.ValueKind != JsonValueKind.Object ? throw new CheckpointException($"{Path}: {name} is {parent.GetRawText()}; expected an object.")
        : Find(parent, inner) is { } member ? Value<T>(member, $"{name}.{inner}") : default;

    /// <summary>A whole number that must be there.</summary>
    /// <exception cref="CheckpointException">It is missing or no whole number.</exception>
    public int Number(string name) => Value<int?>(name) ?? throw new CheckpointException($"{Path} lacks {name}.");

    /// <summary>Refuses a member that asks for what this engine does not have; one that is missing or null asks for nothing.</summary>
    /// <exception cref="CheckpointException">It is there and another.</exception>
    public void Expect<T>(string name, T expected)
        where T : notnull
    {
        if (Find(name) is not null && Value<T>(name) is var found && !Equals(found, expected))
            throw new CheckpointException($"{Path}: {name} is {found}; this engine reads models with {expected}.");
    }

    private JsonElement? Find(JsonElement parent, string name)
    {
        try
        {
            return parent.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
        }
        catch (InvalidOperationException e)
        {
            throw new CheckpointException($"{Path}: a name in it is no well-formed Unicode.", e);
        }
    }

    private T? Value<T>(JsonElement member, string name)
    {
        try
        {
            return member.Deserialize<T>();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CheckpointException($"{Path}: {name} is {member.GetRawText()}; expected a {(Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T)).Name}.", e);
        }
    }

    private static JsonDocument Parse(string path)
    {
        JsonDocument json;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes and var length }) throw new CheckpointException($"{path} has {length} bytes; a config.json has at most {MaxBytes}.");
            var bytes = File.ReadAllBytes(path);
            if (!Utf8.IsValid(bytes)) throw new CheckpointException($"{path} is no text in UTF-8.");
            json = JsonDocument.Parse(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path} is no JSON: {e.Message}", e);
        }
        if (json.RootElement.ValueKind == JsonValueKind.Object) return json;
        json.Dispose();
        throw new CheckpointException($"{path}: expected a JSON object.");
    }
}
