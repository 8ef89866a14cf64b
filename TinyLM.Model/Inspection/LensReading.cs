namespace TinyLM.Model.Inspection;

/// <summary>What a model would say at one place, were the blocks above it passed over.</summary>
/// <param name="Token">The likeliest token.</param>
/// <param name="Probability">Its probability.</param>
/// <param name="TrueRank">How many tokens are likelier than the one that comes; null after the last token, where none does.</param>
/// <param name="TrueProbability">Probability of the one that comes.</param>
/// <param name="Entropy">How unsure it is, in nats.</param>
public readonly record struct LensReading(int Token, double Probability, int? TrueRank, double? TrueProbability, double Entropy);
