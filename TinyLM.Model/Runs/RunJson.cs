using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyLM.Model.Runs;

/// <summary>How the files of a run folder are written as JSON: camel case, enums by name, no unknown members.</summary>
public static class RunJson
{
    /// <summary>One line, as in <c>events.jsonl</c>. Unknown members are passed over, so that a newer worker can be read.</summary>
    public static JsonSerializerOptions Line { get; } = Create(indented: false, JsonUnmappedMemberHandling.Skip);

    /// <summary>Indented, as in <c>run.json</c>.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true, JsonUnmappedMemberHandling.Skip);

    /// <summary>For files that people write: an unknown setting is an error.</summary>
    public static JsonSerializerOptions Strict { get; } = Create(indented: true, JsonUnmappedMemberHandling.Disallow);

    private static JsonSerializerOptions Create(bool indented, JsonUnmappedMemberHandling unknown)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = indented,
            UnmappedMemberHandling = unknown,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the files are read by programs and people, never put into HTML
            AllowOutOfOrderMetadataProperties = true,
            NumberHandling = indented ? JsonNumberHandling.Strict : JsonNumberHandling.AllowNamedFloatingPointLiterals, // a loss may be "NaN", and the line must still be written
            RespectNullableAnnotations = true, // a null where none may be is told with its place, as any other mistake
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
