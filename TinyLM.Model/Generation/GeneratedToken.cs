namespace TinyLM.Model.Generation;

/// <summary>A token that a model wrote.</summary>
/// <param name="Id">The token.</param>
/// <param name="LogProbability">
/// Natural logarithm of the probability that the model gave it, before temperature and filters.
/// </param>
/// <param name="FinishReason">Null until the last token; then why the text ends with it.</param>
public sealed record GeneratedToken(int Id, double LogProbability, FinishReason? FinishReason);
