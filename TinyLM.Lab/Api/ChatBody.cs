using System.Text.Json;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Api;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatBody : GenerationBody
{
    private const int DefaultMaxTokens = 256;
    private const int MostLogprobs = 20;

    /// <summary>The conversation so far.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Most tokens to write, as it was called before.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Most tokens to write.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Whether to tell the log-probability of each token.</summary>
    public bool? Logprobs { get; init; }

    /// <summary>How many of the likeliest tokens to tell of at each place.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Not supported.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>What is to be written.</summary>
    /// <param name="model">Who writes; its files may say how conversations are written for it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ApiException">A parameter makes no sense or is not supported.</exception>
    public IReadOnlyList<TextRequest> Requests(ModelLoan model, TimeProvider time)
    {
        if (Tools is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0) throw ApiException.Unsupported("tools", "the models know no tools.");
        if (Messages is not [_, ..]) throw new ApiException(StatusCodes.Status400BadRequest, "'messages' is missing or empty.", "messages", "missing_parameter");
        if (TopLogprobs is not null && Logprobs != true) throw ApiException.Invalid("'top_logprobs' needs 'logprobs' to be true.", "top_logprobs");
        if (TopLogprobs is < 0 or > MostLogprobs) throw ApiException.Invalid($"'top_logprobs' is {TopLogprobs}; it must be between 0 and {MostLogprobs}.", "top_logprobs");
        var prompt = ChatTemplate.Of(model.Tokenizer, model.Chat, time).Begin([.. Messages.Select((message, i) => new ChatTurn(Role(message, i), message.Text(i)))]) with { Alternatives = TopLogprobs ?? 0 };
        return [.. Requests(prompt, MaxCompletionTokens ?? MaxTokens ?? DefaultMaxTokens, FirstSeed)];
    }

    private static ChatRole Role(ChatMessage message, int index) => message.Role switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        var other => throw ApiException.Invalid($"'messages[{index}].role' is '{other}'; expected 'system', 'user' or 'assistant'.", "messages"),
    };
}

/// <summary>A message of a conversation.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Content">A string, or parts of text.</param>
internal sealed record ChatMessage(string? Role, JsonElement? Content)
{
    /// <summary>What is said.</summary>
    /// <exception cref="ApiException">It is no text.</exception>
    public string Text(int index) => Content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : throw ApiException.Invalid($"'messages[{index}].content' has a part that is no text; the models read text alone.", "messages"))),
        _ => throw ApiException.Invalid($"'messages[{index}].content' must be a string or an array of text parts.", "messages"),
    };
}
