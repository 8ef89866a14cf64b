using TinyLM.Model.Inference;

namespace TinyLM.Model.Generation;

/// <summary>Writes on from a prompt, token by token.</summary>
public static class TokenGenerator
{
    /// <summary>Tokens that follow a prompt, each computed when it is asked for.</summary>
    /// <inheritdoc cref="Generate(LanguageModel, GenerationRequest, CancellationToken)"/>
    public static IEnumerable<GeneratedToken> Generate(
        LanguageModel model, IReadOnlyList<int> prompt, SamplingSettings settings, int endOfTextId, CancellationToken ct = default) =>
        Generate(model, new GenerationRequest { Prompt = prompt, Settings = settings, EndOfTextId = endOfTextId }, ct);

    /// <summary>Tokens that follow a prompt, each computed when it is asked for.</summary>
    /// <remarks>
    /// Writing ends with the model's end-of-text token, which is handed out too, or with
    /// <see cref="SamplingSettings.MaxTokens"/>.
    /// </remarks>
    /// <param name="model">The writer.</param>
    /// <param name="request">What to write. An equal request on an equal machine gives equal tokens.</param>
    /// <param name="ct">Checked before each token.</param>
    /// <exception cref="ArgumentException">The settings break a rule, or an id is outside of the model's vocabulary.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while tokens were taken.</exception>
    public static IEnumerable<GeneratedToken> Generate(LanguageModel model, GenerationRequest request, CancellationToken ct = default)
    {
        return Write(new TokenWriter(model, request), ct);

        static IEnumerable<GeneratedToken> Write(TokenWriter writer, CancellationToken ct)
        {
            while (writer.FinishReason is null)
            {
                ct.ThrowIfCancellationRequested();
                yield return writer.Choose(writer.Session.Append(writer.Unread));
            }
        }
    }
}
