using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>Writes text with a loaded model; what the pages, the command line and the API share, so that all write the same.</summary>
internal static class TextGeneration
{
    /// <summary>The request in tokens.</summary>
    /// <exception cref="ArgumentException">The request breaks a rule.</exception>
    public static GenerationRequest InTokens(LoadedModel model, TextRequest request)
    {
        request.EnsureSound();
        var endOfText = model.Tokenizer.EndOfTextId;
        return new GenerationRequest
        {
            Prompt = request.PromptIds ?? [endOfText, .. model.Tokenizer.Encode(request.Prompt)],
            Written = request.Written,
            Settings = request.Settings,
            EndOfTextId = request.EndId ?? endOfText,
            Alternatives = request.Alternatives,
            Constraint = request.Constraint is { } constraint ? model.Constraints.Compile(constraint).Begin(request.Written) : null,
        };
    }

    /// <summary>Writes on from a prompt, each piece computed when it is asked for; the last one carries the reason why the text ends.</summary>
    /// <param name="model">The writer.</param>
    /// <param name="request">What to write.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <exception cref="ArgumentException">The request breaks a rule.</exception>
    /// <exception cref="ContextLengthException">The prompt does not fit, and the window may not slide.</exception>
    public static IEnumerable<GeneratedPiece> Write(LoadedModel model, TextRequest request, CancellationToken cancellationToken)
    {
        var tokens = TokenGenerator.Generate(model.Model, InTokens(model, request), cancellationToken);
        return Decode(tokens);

        IEnumerable<GeneratedPiece> Decode(IEnumerable<GeneratedToken> generated)
        {
            var decoder = new PieceDecoder(model.Tokenizer, request.Written, request.Stop);
            foreach (var token in generated)
            {
                var piece = decoder.Decode(token);
                yield return piece;
                if (piece.FinishReason is not null) yield break;
            }
        }
    }

    /// <summary>What may follow a text.</summary>
    /// <inheritdoc cref="Write"/>
    public static NextToken Predict(LoadedModel model, TextRequest request)
    {
        var inTokens = InTokens(model, request with { Settings = request.Settings with { MaxTokens = 1_000_000 } }); // also where the text is as long as asked for
        var writer = new TokenWriter(model.Model, inTokens);
        var logits = writer.Session.Append(writer.Unread).ToArray();
        var tokenizer = model.Tokenizer;
        return new NextToken(logits, writer.History, inTokens.Constraint?.Allowed, id => PieceDecoder.TextOf(tokenizer, id))
        {
            TextLength = inTokens.Prompt.Count + inTokens.Written.Count,
            ContextLength = model.Model.Config.ContextLength,
        };
    }
}
