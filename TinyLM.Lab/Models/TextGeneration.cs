using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>Writes text with a loaded model; what the pages and the command line share, so that both write the same.</summary>
internal static class TextGeneration
{
    /// <summary>Writes on from a prompt, each piece computed when it is asked for; the last one carries the reason why the text ends.</summary>
    /// <param name="model">The writer.</param>
    /// <param name="prompt">The beginning of a document; empty begins a new one.</param>
    /// <param name="settings">How to choose.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <exception cref="ArgumentException">The settings break a rule.</exception>
    public static IEnumerable<GeneratedPiece> Write(LoadedModel model, string prompt, SamplingSettings settings, CancellationToken cancellationToken)
    {
        var endOfText = model.Tokenizer.EndOfTextId;
        var tokens = TokenGenerator.Generate(model.Model, [endOfText, .. model.Tokenizer.Encode(prompt)], settings, endOfText, cancellationToken);
        return Decode(tokens);

        IEnumerable<GeneratedPiece> Decode(IEnumerable<GeneratedToken> generated)
        {
            var decoder = model.Tokenizer.CreateDecoder();
            foreach (var token in generated)
            {
                var text = decoder.Append(token.Id);
                if (token.FinishReason is not null) text += decoder.Flush();
                yield return new GeneratedPiece(text, token.Id, token.LogProbability, token.FinishReason);
            }
        }
    }
}
