using TinyLM.Model.Architectures;

namespace TinyLM.Model.Training;

/// <summary>What AdamW needs besides the learning rate.</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Guard against division by zero.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="DecayEverything">Whether gains and biases decay too, as in llm.c's reference runs; matrices alone otherwise.</param>
internal sealed record AdamWSettings(double Beta1, double Beta2, double Epsilon, double WeightDecay, bool DecayEverything = false)
{
    /// <summary>PyTorch's name of the first moments.</summary>
    public const string FirstMoment = "exp_avg";

    /// <summary>PyTorch's name of the second moments.</summary>
    public const string SecondMoment = "exp_avg_sq";

    /// <summary>The weights that are AdamW's.</summary>
    /// <param name="parameters">All.</param>
    /// <param name="beside">Muon's settings, where it takes some; else null.</param>
    public ParameterGroup Group(FlatParameters parameters, MuonSettings? beside) =>
        new(parameters, weight => beside is null || weight.HiddenMatrixCount == 0, weight => DecayEverything || weight.IsMatrix);
}
