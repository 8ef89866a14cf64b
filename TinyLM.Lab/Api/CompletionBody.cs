using System.Text.Json;
using TinyLM.Lab.Models;

namespace TinyLM.Lab.Api;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionBody : GenerationBody
{
    private const int DefaultMaxTokens = 16; // as OpenAI's

    /// <summary>A string, several strings, an array of tokens, or several of those.</summary>
    public JsonElement? Prompt { get; init; }

    /// <summary>Most tokens to write.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How many of the likeliest tokens to tell of at each place; null for none at all.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Whether the prompt stands before the text.</summary>
    public bool? Echo { get; init; }

    /// <summary>Not supported.</summary>
    public int? BestOf { get; init; }

    /// <summary>Not supported.</summary>
    public string? Suffix { get; init; }

    /// <summary>What is to be written, prompt after prompt.</summary>
    /// <exception cref="ApiException">A parameter makes no sense or is not supported.</exception>
    public IReadOnlyList<TextRequest> Requests()
    {
        if (BestOf is { } best && best != (N ?? 1)) throw ApiException.Unsupported("best_of", "ask for several with 'n' and choose by their logprobs.");
        if (Suffix is { Length: > 0 }) throw ApiException.Unsupported("suffix", "the models write from left to right.");
        if (Echo == true && Logprobs is not null) throw ApiException.Unsupported("echo", "together with 'logprobs'; the prompt is not scored.");
        var seed = FirstSeed;
        return [.. Prompts().SelectMany(prompt => Requests(prompt with { Alternatives = Logprobs ?? 0 }, MaxTokens ?? DefaultMaxTokens, seed))];
    }

    private IEnumerable<TextRequest> Prompts()
    {
        const string Expected = "'prompt' must be a string, an array of strings, an array of token ids, or an array of such arrays.";
        if (Prompt is not { } prompt || prompt.ValueKind == JsonValueKind.Null) return [new TextRequest()];
        if (prompt.ValueKind == JsonValueKind.String) return [new TextRequest { Prompt = prompt.GetString()! }];
        if (prompt.ValueKind != JsonValueKind.Array || prompt.GetArrayLength() == 0) throw ApiException.Invalid(Expected, "prompt");
        JsonElement[] items = [.. prompt.EnumerateArray()];
        return items[0].ValueKind switch
        {
            JsonValueKind.String => items.Select(item => item.ValueKind == JsonValueKind.String ? new TextRequest { Prompt = item.GetString()! } : throw ApiException.Invalid(Expected, "prompt")),
            JsonValueKind.Number => [new TextRequest { PromptIds = Ids(items) }],
            JsonValueKind.Array => items.Select(item => item.ValueKind == JsonValueKind.Array ? new TextRequest { PromptIds = Ids(item.EnumerateArray()) } : throw ApiException.Invalid(Expected, "prompt")),
            _ => throw ApiException.Invalid(Expected, "prompt"),
        };

        static int[] Ids(IEnumerable<JsonElement> items) =>
            [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) ? id : throw ApiException.Invalid("A token id in 'prompt' is no whole number.", "prompt"))];
    }
}
