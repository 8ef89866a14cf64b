using System.Text.Json;
using TinyLM.Lab.Models;
using TinyLM.Model.Generation;
using TinyLM.Model.Generation.Constraints;

namespace TinyLM.Lab.Api;

/// <summary>What completions and chat completions have in common. Beside OpenAI's parameters it has the lab's other samplers.</summary>
internal abstract record GenerationBody
{
    /// <summary>Texts of one request at most.</summary>
    private const int MostTexts = 128;

    /// <summary>The model: <c>run/&lt;id&gt;</c>, <c>run/&lt;id&gt;@&lt;step&gt;</c>, <c>model/&lt;id&gt;</c>, or the id of a run alone.</summary>
    public string? Model { get; init; }

    /// <summary>Softmax temperature; 1 where it is left out.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus.</summary>
    public double? TopP { get; init; }

    /// <summary>Texts of each prompt; the further ones take the seeds after the first.</summary>
    public int? N { get; init; }

    /// <summary>Whether pieces are sent as they come.</summary>
    public bool? Stream { get; init; }

    /// <summary>More about that.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>A string, or several.</summary>
    public JsonElement? Stop { get; init; }

    /// <summary>As in <see cref="SamplingSettings.PresencePenalty"/>.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>As in <see cref="SamplingSettings.FrequencyPenalty"/>.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Seed of the random choices; another one each time where it is left out.</summary>
    public long? Seed { get; init; }

    /// <summary>Not supported.</summary>
    public Dictionary<string, double>? LogitBias { get; init; }

    /// <summary>The lab's own: as in <see cref="SamplingSettings.TopK"/>.</summary>
    public int? TopK { get; init; }

    /// <summary>The lab's own: as in <see cref="SamplingSettings.MinP"/>.</summary>
    public double? MinP { get; init; }

    /// <summary>The lab's own: as in <see cref="SamplingSettings.TypicalP"/>.</summary>
    public double? TypicalP { get; init; }

    /// <summary>The lab's own: as in <see cref="SamplingSettings.RepetitionPenalty"/>.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>The lab's own: <c>temperature_first</c> or <c>temperature_last</c>.</summary>
    public string? Order { get; init; }

    /// <summary>The lab's own: <c>slide</c> or <c>refuse</c>.</summary>
    public string? Context { get; init; }

    /// <summary>The text must be JSON, of a schema or of any.</summary>
    public JsonElement? ResponseFormat { get; init; }

    /// <summary>The text must match a regular expression; named as in vLLM.</summary>
    public string? GuidedRegex { get; init; }

    /// <summary>The text must be one of these; named as in vLLM.</summary>
    public IReadOnlyList<string>? GuidedChoice { get; init; }

    /// <summary>The text must be JSON of this schema; named as in vLLM.</summary>
    public JsonElement? GuidedJson { get; init; }

    /// <summary>The model that is asked for.</summary>
    /// <exception cref="ApiException">None is named, or not in a form that can name one.</exception>
    public ModelReference Reference => Model switch
    {
        null or "" => throw new ApiException(StatusCodes.Status400BadRequest, "'model' is missing. /v1/models lists those that there are.", "model", "missing_parameter"),
        _ when ModelReference.TryParse(Model, out var reference) => reference,
        _ when ModelReference.TryParse($"run/{Model}", out var run) => run,
        _ => throw new ApiException(StatusCodes.Status404NotFound, $"There is no model '{Model}'. /v1/models lists those that there are.", "model", "model_not_found"),
    };

    /// <summary>The requests for one prompt: as many as <see cref="N"/> asks for, each with its seed.</summary>
    /// <param name="prompt">The prompt with nothing else.</param>
    /// <param name="maxTokens">Most tokens to write.</param>
    /// <param name="seed">The first seed.</param>
    /// <exception cref="ApiException">A parameter makes no sense or is not supported.</exception>
    protected IEnumerable<TextRequest> Requests(TextRequest prompt, int maxTokens, ulong seed)
    {
        if (LogitBias is { Count: > 0 }) throw ApiException.Unsupported("logit_bias", "a constraint restricts what can be written.");
        if (N is < 1 or > MostTexts) throw ApiException.Invalid($"'n' is {N}; it must be between 1 and {MostTexts}.", "n");
        var request = prompt with
        {
            Settings = new SamplingSettings
            {
                Temperature = Temperature ?? 1,
                TopP = TopP,
                TopK = TopK,
                MinP = MinP,
                TypicalP = TypicalP,
                RepetitionPenalty = RepetitionPenalty ?? 1,
                FrequencyPenalty = FrequencyPenalty ?? 0,
                PresencePenalty = PresencePenalty ?? 0,
                MaxTokens = maxTokens,
                Order = OneOf(Order, "order", ("temperature_first", SamplingOrder.TemperatureFirst), ("temperature_last", SamplingOrder.TemperatureLast)),
                Context = OneOf(Context, "context", ("slide", ContextPolicy.Slide), ("refuse", ContextPolicy.Refuse)),
            },
            Stop = [.. prompt.Stop, .. Stops()],
            Constraint = Constraint(),
        };
        if (request.Validate() is [_, ..] problems) throw ApiException.Invalid(string.Join(" ", problems));
        return Enumerable.Range(0, N ?? 1).Select(i => request with { Settings = request.Settings with { Seed = unchecked(seed + (ulong)i) } });
    }

    /// <summary>The seed that was asked for, or one that is drawn.</summary>
    protected ulong FirstSeed => Seed is { } seed ? unchecked((ulong)seed) : (ulong)Random.Shared.NextInt64(1, 1_000_000);

    private TextConstraint? Constraint()
    {
        TextConstraint?[] all =
        [
            GuidedRegex is { } regex ? TextConstraint.Regex(regex) : null,
            GuidedChoice is { } choices ? TextConstraint.Choices(choices) : null,
            GuidedJson is { ValueKind: not JsonValueKind.Null } schema ? TextConstraint.JsonSchema(schema.ValueKind == JsonValueKind.String ? schema.GetString()! : schema.GetRawText()) : null,
            OfFormat(),
        ];
        return all.Count(one => one is not null) <= 1 ? all.FirstOrDefault(one => one is not null)
            : throw ApiException.Invalid("A text can follow one constraint; give one of 'response_format', 'guided_regex', 'guided_choice' and 'guided_json'.");
    }

    private TextConstraint? OfFormat()
    {
        if (ResponseFormat is not { ValueKind: JsonValueKind.Object } format) return null;
        return (format.TryGetProperty("type", out var type) ? type.ToString() : null) switch
        {
            "text" => null,
            "json_object" => TextConstraint.JsonSchema("{\"type\":\"object\"}"),
            "json_schema" when format.TryGetProperty("json_schema", out var outer) && outer.ValueKind == JsonValueKind.Object && outer.TryGetProperty("schema", out var schema) => TextConstraint.JsonSchema(schema.GetRawText()),
            "json_schema" => throw ApiException.Invalid("'response_format' has no 'json_schema.schema'.", "response_format"),
            var other => throw ApiException.Invalid($"'response_format.type' is '{other}'; expected 'text', 'json_object' or 'json_schema'.", "response_format"),
        };
    }

    private string[] Stops() => Stop switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } several when several.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => [.. several.EnumerateArray().Select(one => one.GetString()!)],
        _ => throw ApiException.Invalid("'stop' must be a string or an array of strings.", "stop"),
    };

    private static T OneOf<T>(string? text, string parameter, params (string Name, T Value)[] choices) => text is null
        ? choices[0].Value
        : choices.FirstOrDefault(choice => choice.Name == text) is { Name: not null } chosen ? chosen.Value
        : throw ApiException.Invalid($"'{parameter}' is '{text}'; expected {string.Join(" or ", choices.Select(choice => $"'{choice.Name}'"))}.", parameter);
}

/// <summary>How pieces are sent.</summary>
/// <param name="IncludeUsage">Whether a last chunk tells how many tokens there were.</param>
internal sealed record StreamOptions(bool IncludeUsage);
