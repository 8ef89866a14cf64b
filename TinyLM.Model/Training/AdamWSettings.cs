namespace TinyLM.Model.Training;

/// <summary>What AdamW needs besides the learning rate.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Guard against division by zero.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="DecayEverything">Whether gains and biases decay too, as in llm.c's reference runs; matrices alone otherwise.</param>
internal sealed record AdamWSettings(double Beta1, double Beta2, double Epsilon, double WeightDecay, bool DecayEverything = false);
