using TinyLM.Model.Generation;

namespace TinyLM.Lab.Models;

/// <summary>A piece of generated text: one token, and the characters that it made certain.</summary>
/// <param name="Text">The characters that became certain with this token: whole, and no beginning of a stop string; may be empty.</param>
/// <param name="TokenId">The token.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave this token before penalties, temperature and filters.</param>
/// <param name="FinishReason">Null until the last piece; then why it ended.</param>
public sealed record GeneratedPiece(string Text, int TokenId, double LogProbability, FinishReason? FinishReason)
{
    /// <summary>The characters that became whole with this token, whether or not they begin a stop string.</summary>
    public string TokenText { get; init; } = Text;

    /// <summary>The probability with which it was drawn, after penalties, temperature and filters.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>The likeliest tokens at this place, as many as were asked for.</summary>
    public IReadOnlyList<Alternative> Alternatives { get; init; } = [];
}

/// <summary>A token that could have been written at some place.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">Its characters; bytes that are no whole character show as U+FFFD.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave it.</param>
/// <param name="Probability">The probability with which it would have been drawn; 0 where a filter dropped it.</param>
public sealed record Alternative(int TokenId, string Text, double LogProbability, double Probability);
