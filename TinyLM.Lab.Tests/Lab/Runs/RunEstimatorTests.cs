using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>What a run would cost, checked against counts on paper.</summary>
public sealed class RunEstimatorTests
{
    private readonly FakeRunService _runs = new();
    private readonly FakeDeviceCatalog _devices = new();
    private readonly RunEstimator _estimator;

    public RunEstimatorTests() => _estimator = new RunEstimator(_runs.List, _runs.GetSpec, () => _devices.Current);

    private static RunSpec Quick { get; } = RunPresets.Quick.Spec with
    {
        Model = new ModelConfig { VocabularySize = 2048, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 },
        Training = RunPresets.Quick.Spec.Training with { Steps = 1500, BatchSize = 16 },
    };

    [Fact]
    public void Estimate_OfASmallModel_CountsAsOnPaper()
    {
        var estimate = _estimator.Estimate(Quick);

        const long Parameters = 128 * (2048 + 128) + 4 * (12 * 128 * 128 + 13 * 128) + 2 * 128;
        const long Tokens = 1500L * 16 * 128;
        Assert.Equal(Parameters, estimate.ParameterCount);
        Assert.Equal(Tokens, estimate.TotalTokens);
        Assert.Equal(Tokens * (6.0 * Parameters + 6.0 * 4 * 128 * 128), estimate.TotalFlops);
        Assert.InRange(estimate.MemoryBytes, 16 * Parameters, 1_000_000_000);
    }

    [Fact]
    public void Time_WithoutEarlierRuns_ComesFromTheMeasuredProduct()
    {
        var estimate = _estimator.Estimate(Quick);

        Assert.Equal("from a matrix product measured on this device", estimate.TimeSource);
        Assert.Equal(estimate.TotalFlops / (0.85 * 128 / (128 + 100.0) * 210e9), estimate.Time!.Value.TotalSeconds, tolerance: 1e-3);
    }

    [Fact]
    public void Time_WithEarlierRuns_ScalesTheirSpeedByOperationsAToken()
    {
        AddRun("a", Quick, tokensPerSecond: 40_000);
        var wider = Quick with { Model = Quick.Model with { EmbeddingSize = 192 } };

        var (same, other) = (_estimator.Estimate(Quick), _estimator.Estimate(wider));

        Assert.Equal("from an earlier run on this machine", same.TimeSource);
        Assert.Equal(same.TotalTokens / 40_000.0, same.Time!.Value.TotalSeconds, tolerance: 1e-3);
        const double BusierBy = 192 / (192 + 100.0) / (128 / (128 + 100.0)); // a wider model leaves less of the processor idle
        Assert.Equal(other.TotalFlops / same.TotalFlops / BusierBy, other.Time!.Value / same.Time.Value, tolerance: 1e-3);
    }

    [Fact]
    public void Time_WithManyRuns_IsTheMedianOfTheMostSimilar()
    {
        AddRun("far", Quick with { Model = Quick.Model with { EmbeddingSize = 256, LayerCount = 6 } }, tokensPerSecond: 1);
        foreach (var (id, speed) in ((string, double)[])[("a", 30_000), ("b", 50_000), ("c", 40_000)]) AddRun(id, Quick, speed);

        var estimate = _estimator.Estimate(Quick);

        Assert.Equal("from 3 earlier runs on this machine", estimate.TimeSource);
        Assert.Equal(estimate.TotalTokens / 40_000.0, estimate.Time!.Value.TotalSeconds, tolerance: 1e-3);
    }

    [Fact]
    public void Time_OfAVeryDifferentShape_DoesNotComeFromTheRun()
    {
        AddRun("a", Quick, tokensPerSecond: 40_000);

        Assert.Equal("from a matrix product measured on this device", _estimator.Estimate(RunPresets.Large.Spec).TimeSource);
    }

    [Fact]
    public void Time_WhereNothingWasMeasured_IsNotTold()
    {
        _devices.Current = null;

        var estimate = _estimator.Estimate(Quick);

        Assert.Null(estimate.Time);
        Assert.Null(estimate.TimeSource);
    }

    [Fact]
    public void Time_BeyondAllReason_IsNotTold()
    {
        var endless = Quick with { Training = Quick.Training with { Steps = 100_000_000, BatchSize = 65_536 }, Model = Quick.Model with { EmbeddingSize = 16_384, LayerCount = 256, ContextLength = 131_072 } };

        Assert.Null(_estimator.Estimate(endless).Time);
        Assert.True(ModelArithmetic.FlopsPerToken(endless.Model) > 0);
    }

    private void AddRun(string id, RunSpec spec, double tokensPerSecond) =>
        _runs.Add(TestRuns.Summary(id, RunStatus.Completed) with { TokensPerSecond = tokensPerSecond }, spec);
}
