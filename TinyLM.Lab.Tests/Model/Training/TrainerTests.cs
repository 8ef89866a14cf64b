using System.Diagnostics;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Training;
using TorchSharp;

namespace TinyLM.Lab.Tests.Model.Training;

[Collection(TorchTests.Name)]
public class TrainerTests
{
    /// <summary>Two fp32 forward passes with sums in different orders, relative to the largest logit.</summary>
    private const double LogitTolerance = 1e-4;

    /// <summary>Gradients of the same tokens summed in another order, relative to the largest of the tensor.</summary>
    private const double GradientTolerance = 1e-5;

    private static readonly TrainingConfig s_config = new() { Steps = 100, BatchSize = 4, LearningRate = 3e-3, WarmupSteps = 5 };

    [Theory]
    [InlineData(ModelFamily.Gpt2, 3)]
    [InlineData(ModelFamily.Llama, 3)]
    [InlineData(ModelFamily.Llama, 1)]
    public void Logits_OfTorchSharp_EqualTheManagedInference(ModelFamily family, int keyValueHeads)
    {
        var config = new ModelConfig { Family = family, VocabularySize = 211, ContextLength = 40, EmbeddingSize = 48, LayerCount = 3, HeadCount = 3, KeyValueHeadCount = keyValueHeads };
        var weights = TestWeights.Random(config, 8);
        var tokens = Enumerable.Range(0, 40).Select(i => i * 37 % 211).ToArray();
        using var trainer = new Trainer(config, s_config, TrainingRuns.Exact);
        trainer.Load(weights);

        var trained = trainer.Logits(tokens);
        var inferred = LanguageModel.Create(weights).CreateSession().AppendAll(tokens);

        var largest = inferred.Max(Math.Abs);
        Assert.All(trained.Zip(inferred), pair => Assert.Equal(pair.Second, pair.First, LogitTolerance * largest));
    }

    [Theory]
    [InlineData(ModelFamily.Gpt2, TrainingPrecision.Fp32)]
    [InlineData(ModelFamily.Gpt2, TrainingPrecision.Bf16)]
    [InlineData(ModelFamily.Llama, TrainingPrecision.Fp32)]
    [InlineData(ModelFamily.Llama, TrainingPrecision.Bf16)]
    public void Step_SomethingToLearn_LowersTheLoss(ModelFamily family, TrainingPrecision precision)
    {
        var model = TrainingRuns.Tiny(family) with { VocabularySize = 40 };
        using var trainer = new Trainer(model, s_config with { BatchSize = 16 }, TrainingRuns.Exact with { Precision = precision });
        trainer.Load(ModelInitializer.Create(model, 1));
        var next = TrainingRuns.Learnable(40, 1);

        var losses = Enumerable.Range(1, 100).Select(step => trainer.Step(step, next, read: true)!.Loss).ToList();

        Assert.InRange(losses[0], Math.Log(40) - 0.2, Math.Log(40) + 0.2);
        Assert.InRange(losses[^1], 0, 1);
    }

    /// <summary>Against the definition, in double precision, from the weights before and after.</summary>
    [Theory]
    [InlineData(300)]
    [InlineData(50_000)] // more weights than are all looked at
    public void Step_Measured_TellsHowFarTheWeightsMoved(int vocabulary)
    {
        var model = new ModelConfig { VocabularySize = vocabulary, ContextLength = 16, EmbeddingSize = 96, LayerCount = 1, HeadCount = 3 };
        using var trainer = new Trainer(model, s_config with { LearningRate = 1e-2, WarmupSteps = 0 }, TrainingRuns.Exact);
        trainer.Load(ModelInitializer.Create(model, 1));
        var before = Flat(trainer.Snapshot());

        var result = trainer.Step(1, TrainingRuns.Learnable(300, 1), read: true, measures: true)!;

        var after = Flat(trainer.Snapshot());
        var picked = Enumerable.Range(0, before.Length);
        if (before.Length > 1024 * 4096)
        {
            var stride = before.Length / 1024;
            picked = picked.Where(i => i < 1024 * stride && i % stride < 4096);
        }
        var (moved, length) = (0.0, 0.0);
        foreach (var i in picked) (moved, length) = (moved + Math.Pow((double)after[i] - before[i], 2), length + Math.Pow(before[i], 2));
        Assert.Equal(Math.Sqrt(moved / length), result.UpdateRatio!.Value, 1e-5 * result.UpdateRatio.Value);
        Assert.Null(trainer.Step(2, TrainingRuns.Learnable(300, 2), read: true)!.UpdateRatio);

        static float[] Flat(ModelWeights weights) => [.. weights.Tensors.Values.SelectMany(tensor => tensor.Values.ToArray())];
    }

    [Fact]
    public void TakeTimes_AfterSteps_AddsUpToNoMoreThanTheyTook_AndForgetsThem()
    {
        using var trainer = new Trainer(TrainingRuns.TinyModel, s_config, TrainingRuns.Exact);
        trainer.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        var start = Stopwatch.GetTimestamp();

        for (var step = 1; step <= 4; step++) trainer.Step(step, TrainingRuns.Learnable(300, step), read: true);

        var passed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = trainer.TakeTimes()!.Value;
        Assert.True(times is { Forward: > 0, Backward: > 0, Optimizer: > 0 });
        Assert.InRange(4.0 * (times.Data + times.Forward + times.Backward + times.Optimizer), 0, passed + 1e-5);
        Assert.Null(trainer.TakeTimes());
    }

    [Theory]
    [InlineData("NVIDIA H100 80GB HBM3", 989e12)]
    [InlineData("NVIDIA H100 PCIe", 756e12)]
    [InlineData("NVIDIA A100-SXM4-80GB", 312e12)]
    [InlineData("NVIDIA H200", 989e12)]
    [InlineData("NVIDIA H100 NVL", null)]
    [InlineData("NVIDIA GeForce RTX 3090", null)]
    public void Peak_OfADataSheet_IsKnownForSomeNames(string name, double? expected) => Assert.Equal(expected, PeakRate.Known(name));

    /// <summary>The losses of bf16 products stay near those of fp32 while both learn.</summary>
    [Theory]
    [InlineData(ModelFamily.Gpt2)]
    [InlineData(ModelFamily.Llama)]
    public void Step_Bf16_StaysNearFp32(ModelFamily family)
    {
        const double Bf16Tolerance = 0.02;
        var losses = new[] { TrainingPrecision.Fp32, TrainingPrecision.Bf16 }.Select(precision =>
        {
            using var trainer = new Trainer(TrainingRuns.Tiny(family), s_config, TrainingRuns.Exact with { Precision = precision });
            trainer.Load(ModelInitializer.Create(TrainingRuns.Tiny(family), 1));
            var next = TrainingRuns.Learnable(300, 1);
            return Enumerable.Range(1, 20).Select(step => trainer.Step(step, next, read: true)!.Loss).ToList();
        }).ToList();

        Assert.All(losses[0].Zip(losses[1]), pair => Assert.Equal(pair.First, pair.Second, Bf16Tolerance));
    }

    /// <summary>
    /// The way of a graphics card, on the processor: bf16 working weights with fp32 master weights, whose losses stay near those of fp32
    /// throughout, and near those of the processor's own bf16 way.
    /// </summary>
    [Theory]
    [InlineData(ModelFamily.Gpt2, TrainingOptimizer.AdamW)]
    [InlineData(ModelFamily.Gpt2, TrainingOptimizer.Muon)]
    [InlineData(ModelFamily.Llama, TrainingOptimizer.AdamW)]
    public void Step_OnTheWayOfACard_StaysNearTheProcessors(ModelFamily family, TrainingOptimizer optimizer)
    {
        const double Bf16Tolerance = 0.02;
        var config = s_config with { Optimizer = optimizer, GradientAccumulation = 2 };
        var ways = ((TrainingPrecision Precision, bool? Managed)[])
            [(TrainingPrecision.Fp32, true), (TrainingPrecision.Fp32, false), (TrainingPrecision.Bf16, true), (TrainingPrecision.Bf16, false), (TrainingPrecision.Bf16, null)];
        var found = ways.Select(way =>
        {
            using var trainer = new Trainer(TrainingRuns.Tiny(family), config, TrainingRuns.Exact with { Precision = way.Precision }, way.Managed);
            trainer.Load(ModelInitializer.Create(TrainingRuns.Tiny(family), 1));
            var next = TrainingRuns.Learnable(300, 1);
            return Enumerable.Range(1, 20).Select(step => trainer.Step(step, next, read: true)!.Loss).ToList();
        }).ToList();

        Assert.All(found[0].Zip(found[1]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        foreach (var rounded in found[2..]) Assert.All(found[0].Zip(rounded), pair => Assert.Equal(pair.First, pair.Second, Bf16Tolerance));
    }

    /// <summary>Steps too small for bf16 to hold: the masters take them, and the working weights are the masters rounded.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [InlineData(null)]
    public void Step_Bf16TooSmallForTheWorkingWeights_ChangesTheMasters(bool? managed)
    {
        using var trainer = new Trainer(TrainingRuns.TinyModel, s_config with { LearningRate = 1e-6, WarmupSteps = 0 }, TrainingRuns.Exact with { Precision = TrainingPrecision.Bf16 }, managed);
        trainer.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        var before = TensorMemory.Floats(trainer.Parameters.Values).ToArray();
        var next = TrainingRuns.Learnable(300, 1);

        for (var step = 1; step <= 3; step++) trainer.Step(step, next, read: true);

        using var scope = torch.NewDisposeScope();
        var after = TensorMemory.Floats(trainer.Parameters.Values).ToArray();
        var matrices = trainer.Parameters.Values.narrow(0, 0, trainer.Parameters.MatrixCount);
        Assert.Equal(torch.bfloat16, trainer.Parameters.Working!.dtype);
        Assert.True(matrices.to(torch.bfloat16).equal(trainer.Parameters.Working).all().item<bool>());
        var moved = before.Zip(after).Count(pair => pair.First != pair.Second);
        Assert.InRange(moved / (double)before.Length, 0.5, 1);
        Assert.All(before.Zip(after), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5));
    }

    /// <summary>What a checkpoint has is what the optimizer works on: a run that goes on from it has the same bits.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [InlineData(null)]
    public void Load_AfterSomeSteps_GoesOnWithTheSameBits(bool? managed)
    {
        var plan = TrainingRuns.Exact with { Precision = TrainingPrecision.Bf16 };
        using var whole = new Trainer(TrainingRuns.TinyModel, s_config, plan, managed);
        using var resumed = new Trainer(TrainingRuns.TinyModel, s_config, plan, managed);
        whole.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        for (var step = 1; step <= 3; step++) whole.Step(step, TrainingRuns.Learnable(300, step), read: true);

        resumed.Load(whole.Snapshot());
        resumed.WriteOptimizer(whole.ReadOptimizer());
        for (var step = 4; step <= 6; step++)
        {
            var expected = whole.Step(step, TrainingRuns.Learnable(300, step), read: true);
            Assert.Equal(expected, resumed.Step(step, TrainingRuns.Learnable(300, step), read: true));
        }

        Assert.Equal(TensorMemory.Floats(whole.Parameters.Values).ToArray(), TensorMemory.Floats(resumed.Parameters.Values).ToArray());
    }

    [Fact]
    public void Step_OnTheWayOfACard_KeepsTheNumberOfTensorsFlat()
    {
        using var trainer = new Trainer(TrainingRuns.TinyLlama, s_config with { GradientAccumulation = 2, Activations = ActivationStorage.Recompute }, TrainingRuns.Exact with { Precision = TrainingPrecision.Bf16 }, managed: false);
        trainer.Load(ModelInitializer.Create(TrainingRuns.TinyLlama, 1));
        var next = TrainingRuns.Learnable(300, 1);
        for (var step = 1; step <= 3; step++) trainer.Step(step, next, read: true);
        var before = TorchTests.CountTensors();

        for (var step = 4; step <= 20; step++) trainer.Step(step, next, read: false);

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Step_Accumulated_HasTheGradientsOfTheLargeBatch()
    {
        using var large = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 8 }, TrainingRuns.Exact);
        using var small = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 2 }, TrainingRuns.Exact);
        large.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        small.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));

        large.ComputeGradients(TrainingRuns.Learnable(300, 5));
        var parts = TrainingRuns.Learnable(300, 5);
        for (var micro = 0; micro < 4; micro++) small.ComputeGradients(parts);

        var (whole, summed) = (large.SnapshotGradients(), small.SnapshotGradients());
        foreach (var (name, gradient) in whole.Tensors)
        {
            var largest = gradient.Values.ToArray().Max(Math.Abs);
            Assert.All(
                gradient.Values.ToArray().Zip(summed.Tensors[name].Values.ToArray()),
                pair => Assert.Equal(pair.First, pair.Second / 4, GradientTolerance * largest + 1e-9));
        }
    }

    [Fact]
    public void Step_Accumulated_ReportsTheMeanLossAndTheMeanGradientsNorm()
    {
        using var large = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 8 }, TrainingRuns.Exact);
        using var small = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 2, GradientAccumulation = 4 }, TrainingRuns.Exact);
        large.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        small.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));

        var whole = large.Step(1, TrainingRuns.Learnable(300, 5), read: true)!;
        var accumulated = small.Step(1, TrainingRuns.Learnable(300, 5), read: true)!;

        Assert.Equal(whole.Loss, accumulated.Loss, 1e-5);
        Assert.Equal(whole.GradientNorm, accumulated.GradientNorm, 1e-5 * whole.GradientNorm);
    }

    /// <summary>A batch of 5 over 3 threads: shares of different size.</summary>
    [Fact]
    public void Step_SharedByThreads_HasTheFiguresAndGradientsOfOne()
    {
        using var alone = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 5 }, TrainingRuns.Exact);
        using var shared = new Trainer(TrainingRuns.TinyModel, s_config with { BatchSize = 5 }, TrainingRuns.Exact with { Threads = 3 });
        alone.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        shared.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));

        for (var step = 1; step <= 3; step++)
        {
            var expected = alone.Step(step, TrainingRuns.Learnable(300, step), read: true)!;
            var found = shared.Step(step, TrainingRuns.Learnable(300, step), read: true)!;
            Assert.Equal(expected.Loss, found.Loss, 1e-5);
            Assert.Equal(expected.GradientNorm, found.GradientNorm, 1e-5 * expected.GradientNorm);
        }
        Assert.Equal(
            alone.Evaluate(TrainingRuns.Learnable(300, 9), 2, TestContext.Current.CancellationToken),
            shared.Evaluate(TrainingRuns.Learnable(300, 9), 2, TestContext.Current.CancellationToken), 1e-4);
    }

    [Theory]
    [InlineData(ModelFamily.Gpt2, TrainingPrecision.Fp32)]
    [InlineData(ModelFamily.Gpt2, TrainingPrecision.Bf16)]
    [InlineData(ModelFamily.Llama, TrainingPrecision.Fp32)]
    [InlineData(ModelFamily.Llama, TrainingPrecision.Bf16)]
    public void Step_ManyTimes_KeepsTheNumberOfTensorsFlat(ModelFamily family, TrainingPrecision precision)
    {
        using var trainer = new Trainer(TrainingRuns.Tiny(family), s_config with { GradientAccumulation = 2 }, TrainingRuns.Exact with { Precision = precision, Threads = 2 });
        trainer.Load(ModelInitializer.Create(TrainingRuns.Tiny(family), 1));
        var next = TrainingRuns.Learnable(300, 1);
        for (var step = 1; step <= 3; step++) trainer.Step(step, next, read: true);
        var before = TorchTests.CountTensors();

        for (var step = 4; step <= 30; step++) trainer.Step(step, next, read: true);
        trainer.Evaluate(next, 3, TestContext.Current.CancellationToken);
        trainer.Snapshot();

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Step_SameSeedAndBatches_GivesTheSameBits()
    {
        var weights = Enumerable.Range(0, 2).Select(_ =>
        {
            using var trainer = new Trainer(TrainingRuns.TinyModel, s_config, TrainingRuns.Exact with { Threads = 2 });
            trainer.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
            var next = TrainingRuns.Learnable(300, 1);
            for (var step = 1; step <= 5; step++) trainer.Step(step, next, read: false);
            return trainer.Snapshot();
        }).ToList();

        foreach (var (name, tensor) in weights[0].Tensors) Assert.Equal(tensor.Values.ToArray(), weights[1].Tensors[name].Values.ToArray());
    }

    [Fact]
    public void Step_LossIsNoNumber_SaysWhyAndChangesNothing()
    {
        using var trainer = new Trainer(TrainingRuns.TinyModel, s_config, TrainingRuns.Exact);
        trainer.Load(ModelInitializer.Create(TrainingRuns.TinyModel, 1));
        TensorMemory.Floats(trainer.Parameters.Values)[..1000].Fill(float.NaN);
        var before = TensorMemory.Floats(trainer.Parameters.Values)[2000..3000].ToArray();

        var thrown = Assert.Throws<TrainingDivergedException>(() => trainer.Step(1, TrainingRuns.Learnable(300, 1), read: true));

        Assert.Contains("diverged", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("step 1", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(before, TensorMemory.Floats(trainer.Parameters.Values)[2000..3000].ToArray());
    }
}
