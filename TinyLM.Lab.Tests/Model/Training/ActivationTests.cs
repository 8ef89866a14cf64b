using TinyLM.Model.Architectures;
using TinyLM.Model.Training;
using TorchSharp;

namespace TinyLM.Lab.Tests.Model.Training;

/// <summary>What is kept, computed again or dropped between forward and backward.</summary>
[Collection(TorchTests.Name)]
public class ActivationTests
{
    private static readonly TrainingConfig s_config = new() { Steps = 100, BatchSize = 5, LearningRate = 3e-3, WarmupSteps = 2, GradientAccumulation = 2 };

    public static TheoryData<ModelFamily, TrainingPrecision, double> Ways => new MatrixTheoryData<ModelFamily, TrainingPrecision, double>(
        [ModelFamily.Gpt2, ModelFamily.Llama], [TrainingPrecision.Fp32, TrainingPrecision.Bf16], [0.0, 0.2]);

    [Theory]
    [MemberData(nameof(Ways))]
    public void Recomputed_Blocks_GiveTheSameBits(ModelFamily family, TrainingPrecision precision, double dropout)
    {
        var shape = TrainingRuns.TinyModel with { Family = family };
        var config = s_config with { Dropout = dropout };
        var plan = TrainingRuns.Exact with { Precision = precision, Threads = 2 };

        var kept = Train(shape, config, plan);
        var recomputed = Train(shape, config with { Activations = ActivationStorage.Recompute }, plan);

        Assert.Equal(kept, recomputed);
    }

    [Fact]
    public void Recomputed_Blocks_LeaveNoTensors()
    {
        using var trainer = Create(TrainingRuns.TinyModel, s_config with { Activations = ActivationStorage.Recompute, Dropout = 0.1 }, TrainingRuns.Exact);
        var next = TrainingRuns.Learnable(300, 1);
        for (var step = 1; step <= 3; step++) trainer.Step(step, next, read: true);
        var before = TorchTests.CountTensors();

        for (var step = 4; step <= 20; step++) trainer.Step(step, next, read: true);

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Dropout_IsTheSameForAnyNumberOfThreads_AndAnotherEachStepAndSeed()
    {
        var config = s_config with { Dropout = 0.3, GradientAccumulation = 1 };
        using var one = Create(TrainingRuns.TinyModel, config, TrainingRuns.Exact);
        using var three = Create(TrainingRuns.TinyModel, config, TrainingRuns.Exact with { Threads = 3 });
        using var otherSeed = Create(TrainingRuns.TinyModel, config with { Seed = 9 }, TrainingRuns.Exact);

        var losses = Enumerable.Range(1, 3).Select(step => Step(one, step, batch: 1)).ToList();

        Assert.All(Enumerable.Range(1, 3), step => Assert.Equal(losses[step - 1], Step(three, step, batch: 1), 1e-5));
        Assert.NotEqual(losses[0], Step(otherSeed, 1, batch: 1), 1e-4);

        using var still = Create(TrainingRuns.TinyModel, config with { LearningRate = 1e-12 }, TrainingRuns.Exact);
        Assert.NotEqual(Step(still, 1, batch: 1), Step(still, 2, batch: 1), 1e-4);
    }

    [Fact]
    public void Dropout_WhileMeasuring_DropsNothing()
    {
        using var dropping = Create(TrainingRuns.TinyModel, s_config with { Dropout = 0.5 }, TrainingRuns.Exact);
        using var plain = Create(TrainingRuns.TinyModel, s_config, TrainingRuns.Exact);

        var losses = new[] { dropping, plain }.Select(trainer => trainer.Evaluate(TrainingRuns.Learnable(300, 3), 2, TestContext.Current.CancellationToken)).ToList();

        Assert.Equal(losses[1], losses[0]);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.75)]
    public void Dropout_OfOnes_KeepsTheirMean(double rate)
    {
        using var scope = torch.NewDisposeScope();
        var dropout = new Dropout(rate) { IsOn = true, Seed = 3 };

        var dropped = TensorMemory.Floats(dropout.Apply(torch.ones(4, 25_001), batch: 4, Dropout.Place.FeedForward)).ToArray();

        const double FiveSigma = 5;
        var zeros = dropped.Count(value => value == 0) / (double)dropped.Length;
        Assert.Equal(rate, zeros, FiveSigma * Math.Sqrt(rate * (1 - rate) / dropped.Length));
        Assert.All(dropped, value => Assert.True(value == 0 || Math.Abs(value - 1 / (1 - rate)) < 1e-5));
    }

    private static double Step(Trainer trainer, int step, int batch) => trainer.Step(step, TrainingRuns.Learnable(300, batch), read: true)!.Loss;

    private static float[] Train(ModelConfig shape, TrainingConfig config, TrainingPlan plan)
    {
        using var trainer = Create(shape, config, plan);
        var next = TrainingRuns.Learnable(300, 1);
        for (var step = 1; step <= 4; step++) trainer.Step(step, next, read: true);
        return TensorMemory.Floats(trainer.Parameters.Values).ToArray();
    }

    private static Trainer Create(ModelConfig shape, TrainingConfig config, TrainingPlan plan)
    {
        var trainer = new Trainer(shape, config, plan);
        trainer.Load(ModelInitializer.Create(shape, 1));
        return trainer;
    }
}
