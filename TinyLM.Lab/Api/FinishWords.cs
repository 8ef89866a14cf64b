using TinyLM.Model.Generation;

namespace TinyLM.Lab.Api;

/// <summary>OpenAI's words for why a text ended.</summary>
internal static class FinishWords
{
    /// <summary><c>stop</c> where the model or a stop string ended it, <c>length</c> where there was no more room; null while it goes on.</summary>
    public static string? Of(FinishReason? reason) => reason switch
    {
        null => null,
        FinishReason.EndOfText or FinishReason.StopString => "stop",
        _ => "length",
    };
}
