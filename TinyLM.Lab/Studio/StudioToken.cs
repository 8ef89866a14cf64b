using TinyLM.Lab.Models;

namespace TinyLM.Lab.Studio;

/// <summary>A token that was written, and what else could have stood there.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">The characters that became whole with it.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave it.</param>
/// <param name="Probability">The probability with which it was drawn.</param>
/// <param name="Alternatives">The likeliest tokens at its place.</param>
public sealed record StudioToken(int Id, string Text, double LogProbability, double Probability, IReadOnlyList<Alternative> Alternatives)
{
    /// <summary>A token as it was written.</summary>
    public static StudioToken Of(GeneratedPiece piece) => new(piece.TokenId, piece.TokenText, piece.LogProbability, piece.Probability, piece.Alternatives);

    /// <summary>An alternative that a person took in place of what was drawn.</summary>
    public static StudioToken Of(Alternative chosen, IReadOnlyList<Alternative> among) => new(chosen.TokenId, chosen.Text, chosen.LogProbability, chosen.Probability, among);
}
