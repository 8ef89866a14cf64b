using TinyLM.Lab.Models;

namespace TinyLM.Lab.Api;

/// <summary>The shape of answers of one endpoint.</summary>
internal interface IAnswerShape
{
    /// <summary>What stands before the first piece of a text that is streamed; null where nothing does.</summary>
    object? Opening(int index);

    /// <summary>A piece of a text that is streamed.</summary>
    object Chunk(int index, GeneratedPiece piece);

    /// <summary>The last chunk, that tells how many tokens there were.</summary>
    object UsageChunk(TokenUsage usage);

    /// <summary>All texts together.</summary>
    object Whole(IReadOnlyList<IReadOnlyList<GeneratedPiece>> texts, TokenUsage usage);
}

/// <summary>How many tokens a request took.</summary>
/// <param name="PromptTokens">Of the prompts; the token that begins a document is not counted.</param>
/// <param name="CompletionTokens">That were written; the end-of-text token counts.</param>
/// <param name="TotalTokens">Both.</param>
internal sealed record TokenUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
