using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Figures that follow the settings by simple rules, so that a test sees them move.</summary>
public sealed class FakeRunEstimator : IRunEstimator
{
    /// <inheritdoc/>
    public RunEstimate Estimate(RunSpec spec) => new()
    {
        ParameterCount = 12L * spec.Model.LayerCount * spec.Model.EmbeddingSize * spec.Model.EmbeddingSize,
        TotalTokens = spec.Training.Steps * spec.Training.TokensPerStep(spec.Model.ContextLength),
        MemoryBytes = 180_000_000,
        TotalFlops = 2.4e13,
        Time = TimeSpan.FromSeconds(0.1 * spec.Training.Steps),
        TimeSource = "from a matrix product measured on this device",
    };
}
