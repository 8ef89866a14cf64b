using System.Runtime.InteropServices;
using TinyLM.Model.Inference;

namespace TinyLM.Model.Generation;

/// <summary>Writes on from a prompt, token by token.</summary>
public static class TokenGenerator
{
    /// <summary>Tokens that follow a prompt, each computed when it is asked for.</summary>
    /// <remarks>
    /// <para>
    /// Documents are trained with the end-of-text token before them: a prompt that begins a document begins with it, and an empty
    /// prompt stands for it alone. Writing ends with the model's end-of-text token, which is handed out too, or with
    /// <see cref="SamplingSettings.MaxTokens"/>.
    /// </para>
    /// <para>
    /// When the context is full, the window slides: the last half of it is read again from position 0, and what came before is
    /// forgotten. So a text may be longer than the context at the price of one such reading every half context. A prompt longer
    /// than the context is cut to its last tokens.
    /// </para>
    /// </remarks>
    /// <param name="model">The writer.</param>
    /// <param name="prompt">Token ids.</param>
    /// <param name="settings">How to choose. Equal settings, prompt and machine give equal tokens.</param>
    /// <param name="endOfTextId">The token that ends a text.</param>
    /// <param name="ct">Checked before each token.</param>
    /// <exception cref="ArgumentException">The settings break a rule, or an id is outside of the model's vocabulary.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while tokens were taken.</exception>
    public static IEnumerable<GeneratedToken> Generate(
        LanguageModel model, IReadOnlyList<int> prompt, SamplingSettings settings, int endOfTextId, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        var sampler = new Sampler(settings);
        var vocabularySize = model.Config.VocabularySize;
        foreach (var id in prompt.Append(endOfTextId))
            if ((uint)id >= (uint)vocabularySize)
                throw new ArgumentException(
                    $"There is no token {id}; the model's vocabulary is 0 to {vocabularySize - 1}. Is this its tokenizer?",
                    id == endOfTextId ? nameof(endOfTextId) : nameof(prompt));
        return Write(model, prompt.Count == 0 ? [endOfTextId] : [.. prompt], sampler, settings.MaxTokens, endOfTextId, ct);
    }

    private static IEnumerable<GeneratedToken> Write(
        LanguageModel model, List<int> text, Sampler sampler, int maxTokens, int endOfTextId, CancellationToken ct)
    {
        var contextLength = model.Config.ContextLength;
        if (text.Count > contextLength) text.RemoveRange(0, text.Count - contextLength);
        var session = model.CreateSession();
        var unread = text.Count;
        for (var count = 1; count <= maxTokens; count++)
        {
            ct.ThrowIfCancellationRequested();
            if (text.Count > contextLength)
            {
                text.RemoveRange(0, text.Count - Math.Max(1, contextLength / 2));
                session.Rewind(0);
                unread = text.Count;
            }

            var token = Choose(session.Append(CollectionsMarshal.AsSpan(text)[^unread..]), count == maxTokens);
            yield return token;
            if (token.FinishReason is not null) yield break;
            text.Add(token.Id);
            unread = 1;
        }

        GeneratedToken Choose(ReadOnlySpan<float> logits, bool last)
        {
            var id = sampler.Sample(logits);
            var reason = id == endOfTextId ? FinishReason.EndOfText : last ? FinishReason.Length : (FinishReason?)null;
            return new GeneratedToken(id, Sampler.LogProbability(logits, id), reason);
        }
    }
}
