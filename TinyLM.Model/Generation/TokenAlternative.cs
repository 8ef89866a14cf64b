namespace TinyLM.Model.Generation;

/// <summary>A token that could have been written at some place of a text.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave it, before penalties, temperature and filters.</param>
/// <param name="Probability">The probability with which it would have been drawn, after all of them; 0 where a filter dropped it.</param>
public sealed record TokenAlternative(int Id, double LogProbability, double Probability);
