namespace TinyLM.Model.Generation;

/// <summary>A prompt that does not fit into the context of a model, where the window was not to slide.</summary>
public sealed class ContextLengthException(int promptLength, int contextLength)
    : Exception($"The prompt has {promptLength} tokens and the model's context {contextLength}. Shorten the prompt, or let the window slide.")
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength { get; } = promptLength;

    /// <summary>Tokens that the model reads at most.</summary>
    public int ContextLength { get; } = contextLength;
}
