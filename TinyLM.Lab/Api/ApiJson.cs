using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyLM.Lab.Api;

/// <summary>How the API speaks JSON: snake case, as OpenAI's does.</summary>
internal static class ApiJson
{
    /// <summary>The options. Members that are not known are passed over, since clients send more from year to year.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // answers are application/json, never put into HTML
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
