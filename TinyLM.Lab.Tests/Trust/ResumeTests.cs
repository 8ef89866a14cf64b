using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>A run that was interrupted has the bits of one that never was: weights, moments, sampler, random state, sample texts.</summary>
[Collection(TorchTests.Name)]
public sealed class ResumeTests : IDisposable
{
    private const int Steps = 9;

    private static readonly ListCorpus s_corpus = new([.. Enumerable.Range(0, 400).Select(i => new Document($"The fox number {i} ran home to its den, {i * 7919 % 1000} steps away, and slept."))]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OfAnySettings_InterruptedAndKilledAtAnyStep_HasTheSameBits()
    {
        var random = new Random(3);
        for (var trial = 0; trial < TrustCounts.Of(20, 200); trial++)
        {
            var spec = Spec(trial, random);
            var straight = Run(spec, [], $"straight {trial}");
            Stop[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Stop(random.Next(1, Steps * spec.Training.GradientAccumulation), IsKill: random.Next(3) == 0))];

            var resumed = Run(spec, stops, $"resumed {trial}");

            WorkerComparison.AssertSame(straight, resumed, Steps);
        }
    }

    /// <summary>One run, killed over and over, each time after it got a little further.</summary>
    [Fact]
    public void Run_KilledManyTimes_HasTheSameBits()
    {
        var spec = Spec(1, new Random(1)) with { SamplePrompts = [] };
        var kills = TrustCounts.Of(5, 100);
        spec = spec with { Training = spec.Training with { Steps = 2 * kills + 2, CheckpointInterval = 1, EvaluationInterval = kills, GradientAccumulation = 1, WarmupSteps = 1 } };
        var straight = Run(spec, [], "straight");

        var resumed = Run(spec, [.. Enumerable.Repeat(new Stop(2, IsKill: true), kills)], "resumed");

        WorkerComparison.AssertSame(straight, resumed, spec.Training.Steps);
    }

    /// <summary>The comparison must fail where a part of the state is not taken up again.</summary>
    [Theory]
    [InlineData("position")] // the batches begin anew
    [InlineData("seed")] // dropout draws other numbers
    [InlineData("moments")] // the optimizer has forgotten
    public void Run_ResumedWithoutAPartOfItsState_IsFoundOut(string forgotten)
    {
        var spec = Spec(2, new Random(2));
        spec = spec with { Training = spec.Training with { Dropout = 0.2, DataOrder = DataOrder.Shuffled, Optimizer = TrainingOptimizer.AdamW } };
        var straight = Run(spec, [], "straight");

        var resumed = Run(spec, [new Stop(4, IsKill: false)], "resumed", forgotten);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => WorkerComparison.AssertSame(straight, resumed, Steps));
    }

    private static RunSpec Spec(int trial, Random random)
    {
        var family = (ModelFamily)(trial % 2);
        return new RunSpec
        {
            Name = "resumed",
            Data = new DataSpec { Corpus = "list", ValidationFraction = 0.2 },
            Tokenizer = new TokenizerSpec { VocabularySize = 300, TrainingBytes = 20_000 },
            Model = TrainingRuns.Tiny(family) with { LayerCount = 1 },
            SamplePrompts = ["The fox"],
            Training = new TrainingConfig
            {
                Steps = Steps,
                BatchSize = 2,
                WarmupSteps = 2,
                Optimizer = (TrainingOptimizer)(trial / 2 % 2),
                Schedule = (ScheduleShape)(trial % Enum.GetValues<ScheduleShape>().Length),
                DataOrder = (DataOrder)(trial % Enum.GetValues<DataOrder>().Length),
                Dropout = trial % 3 == 0 ? 0.1 : 0,
                GradientAccumulation = 1 + random.Next(2),
                EvaluationInterval = 1 + random.Next(4),
                EvaluationBatches = 1,
                SampleInterval = 6,
                CheckpointInterval = 1 + random.Next(4),
                Seed = (ulong)random.Next(),
                Device = "cpu",
                Threads = 1,
                Precision = TrainingPrecision.Fp32,
            },
        };
    }

    /// <summary>Trains to the end, through some stops.</summary>
    /// <param name="spec">What to train.</param>
    /// <param name="stops">After how many batches of its own each worker stops; the last one goes to the end.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="forgotten">What is not taken up again.</param>
    private RunFolder Run(RunSpec spec, IReadOnlyList<Stop> stops, string name, string? forgotten = null)
    {
        var run = new RunFolder(_folder["runs", name]);
        Directory.CreateDirectory(run.Path);
        File.WriteAllText(run.SpecPath, spec.ToJson());
        foreach (var stop in stops) Work(run, stop, forgotten);
        if (forgotten == "seed") File.WriteAllText(run.SpecPath, (spec with { Training = spec.Training with { Seed = spec.Training.Seed + 1 } }).ToJson());
        if (forgotten == "moments") ForgetMoments(run);
        Assert.Equal(RunStatus.Completed, Work(run, stop: null, forgotten));
        return run;
    }

    private RunStatus Work(RunFolder run, Stop? stop, string? forgotten)
    {
        using var control = new RunControl();
        var batches = 0;
        return new RunWorker(run, (spec, progress, ct) =>
        {
            var material = new CorpusMaterial(s_corpus, _folder["tokenizers"], _folder["datasets"], TimeProvider.System).Open(spec, progress, ct);
            return new RunMaterial
            {
                Description = material.Description,
                TokenizerPath = material.TokenizerPath,
                EndOfTextId = material.EndOfTextId,
                NextBatch = (inputs, targets) =>
                {
                    if (++batches == stop?.After) Leave(control, stop);
                    material.NextBatch(inputs, targets);
                },
                Epochs = material.Epochs,
                SavePosition = material.SavePosition,
                RestorePosition = forgotten == "position" ? _ => { } : material.RestorePosition,
                StartValidation = material.StartValidation,
                ValidationBatches = material.ValidationBatches,
                Encode = material.Encode,
                Decode = material.Decode,
                Owned = [material],
            };
        }, TimeProvider.System).Run(control);
    }

    private static void Leave(RunControl control, Stop stop)
    {
        if (stop.IsKill) throw new KilledException();
        control.Interrupt();
    }

    private static void ForgetMoments(RunFolder run)
    {
        var folder = run.CheckpointPath(CheckpointStore.ListSteps(run)[^1]);
        var checkpoint = Checkpoint.Read(folder);
        foreach (var (_, tensor) in checkpoint.Optimizer) System.Runtime.InteropServices.MemoryMarshal.AsMemory(tensor.Values).Span.Clear();
        checkpoint.Write(folder, Path.Combine(folder, CheckpointStore.TokenizerFile), endOfTextId: 0);
    }

    /// <summary>A worker that leaves.</summary>
    /// <param name="After">Batches that it has drawn.</param>
    /// <param name="IsKill">Whether it leaves without a word, or saves first.</param>
    private sealed record Stop(int After, bool IsKill);
}
