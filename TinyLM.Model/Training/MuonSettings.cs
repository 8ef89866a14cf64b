namespace TinyLM.Model.Training;

/// <summary>What Muon needs besides the learning rate.</summary>
/// <param name="RateRatio">Its learning rate, as a multiple of AdamW's.</param>
/// <param name="Momentum">Decay of the mean of gradients.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="Scale">How long an update is.</param>
/// <param name="Bf16">Whether the iteration is computed in bfloat16.</param>
internal sealed record MuonSettings(double RateRatio, double Momentum, double WeightDecay, MuonScale Scale, bool Bf16)
{
    /// <summary>What multiplies an orthogonal update of a matrix.</summary>
    public double ScaleOf(int rows, int columns) => Scale == MuonScale.Jordan
        ? Math.Sqrt(Math.Max(1.0, (double)rows / columns))
        : 0.2 * Math.Sqrt(Math.Max(rows, columns));
}
