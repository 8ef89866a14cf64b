using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Runs;

[Collection(TorchTests.Name)]
public class RunWorkerTests
{
    private static readonly TrainingConfig s_training = new()
    {
        Steps = 20,
        BatchSize = 2,
        WarmupSteps = 4,
        EvaluationInterval = 5,
        EvaluationBatches = 2,
        SampleInterval = 10,
        CheckpointInterval = 10,
        Device = "cpu",
        Threads = 1,
        Precision = TrainingPrecision.Fp32,
    };

    [Fact]
    public void Run_ToTheEnd_TellsItsWholeStory()
    {
        using var worker = new TestRunWorker(s_training, ["", "ab"]);

        Assert.Equal(RunStatus.Completed, worker.Run());

        var events = worker.Events();
        Assert.Equal([RunStatus.Preparing, RunStatus.Running, RunStatus.Completed], events.OfType<StatusEvent>().Select(happened => happened.Status));
        Assert.Equal(Enumerable.Range(1, 20), events.OfType<StepEvent>().Select(happened => happened.Step));
        Assert.Equal([0, 5, 10, 15, 20], events.OfType<EvaluationEvent>().Select(happened => happened.Step));
        Assert.Equal([0, 0, 3, 3, 10, 10, 20, 20], events.OfType<SampleEvent>().Select(happened => happened.Step));
        Assert.Equal([10, 20], events.OfType<CheckpointEvent>().Select(happened => happened.Step));
        Assert.Equal([10, 20], CheckpointStore.ListSteps(worker.Folder));
        Assert.Equal(20 * 2 * 16, events.OfType<StepEvent>().Last().Tokens);
        Assert.Equal(2, events.OfType<StepEvent>().Last().Epoch);
        Assert.All(events.OfType<StepEvent>(), happened => Assert.True(happened.TokensPerSecond > 0 && happened.GradientNorm > 0));
        var environment = Assert.Single(events.OfType<EnvironmentEvent>());
        Assert.Equal(("cpu", 1, "fp32"), (environment.Device, environment.Threads, environment.Precision));
        Assert.Single(events.OfType<DatasetEvent>());
        Assert.Single(events.OfType<ProgressEvent>());
    }

    [Fact]
    public void Run_OnTheProcessor_TellsWhereItsTimeGoesAndWhatItMakesOfTheMachine()
    {
        using var worker = new TestRunWorker(s_training);

        worker.Run();

        var environment = Assert.Single(worker.Events().OfType<EnvironmentEvent>());
        var steps = worker.Events().OfType<StepEvent>().ToList();
        Assert.Equal(ModelArithmetic.FlopsPerToken(TrainingRuns.TinyModel), environment.FlopsPerToken);
        Assert.True(environment.PeakIsMeasured);
        Assert.All(steps, step => Assert.Equal(environment.FlopsPerToken!.Value * step.TokensPerSecond / environment.PeakFlopsPerSecond!.Value, step.FlopsUtilization!.Value, 5e-6));
        Assert.All(steps, step => Assert.True(step.Times is { Forward: > 0, Backward: > 0, Optimizer: > 0 }));
        Assert.Equal([10, 20], steps.Where(step => step.UpdateRatio > 0).Select(step => step.Step));
    }

    [Fact]
    public void Run_BeforeItsFirstInterval_SavesEarlyStepsAtGrowingDistances()
    {
        using var worker = new TestRunWorker(s_training with { Steps = 45, CheckpointInterval = 40, EvaluationInterval = 45, SampleInterval = 0 });

        worker.Run();

        Assert.Equal([10, 30, 40, 45], CheckpointStore.ListSteps(worker.Folder));
    }

    [Theory]
    [InlineData(ModelFamily.Gpt2, TrainingOptimizer.AdamW, 0.0)]
    [InlineData(ModelFamily.Gpt2, TrainingOptimizer.Muon, 0.2)]
    [InlineData(ModelFamily.Llama, TrainingOptimizer.AdamW, 0.2)]
    [InlineData(ModelFamily.Llama, TrainingOptimizer.Muon, 0.0)]
    public void Run_StoppedAndResumed_HasTheSameBitsAsNeverStopped(ModelFamily family, TrainingOptimizer optimizer, double dropout)
    {
        using var straight = new TestRunWorker(s_training with { Optimizer = optimizer, Dropout = dropout }, model: TrainingRuns.Tiny(family));
        using var resumed = new TestRunWorker(s_training with { Optimizer = optimizer, Dropout = dropout }, model: TrainingRuns.Tiny(family));
        straight.Run();

        using (var control = new RunControl())
        {
            resumed.OnBatch = position => { if (position == 12) control.Interrupt(); };
            Assert.Equal(RunStatus.Interrupted, resumed.Run(control));
        }
        resumed.OnBatch = null;
        Assert.Equal(13, resumed.Events().OfType<StatusEvent>().Last().Step);
        Assert.Equal(RunStatus.Completed, resumed.Run());

        AssertSame(straight, resumed);
    }

    /// <summary>A killed worker leaves a checkpoint, events after it and a torn line; nothing of that may be seen twice.</summary>
    [Fact]
    public void Run_KilledAfterACheckpoint_GoesBackToIt()
    {
        using var straight = new TestRunWorker(s_training);
        using var killed = new TestRunWorker(s_training);
        straight.Run();

        killed.OnBatch = position => { if (position == 16) throw new InvalidOperationException("The worker dies here."); };
        Assert.Equal(RunStatus.Failed, killed.Run());
        File.AppendAllText(killed.Folder.EventsPath, "{\"type\":\"step\",\"st");
        killed.OnBatch = null;
        Assert.Equal(RunStatus.Completed, killed.Run());

        AssertSame(straight, killed);
    }

    [Fact]
    public void Run_NewestCheckpointDamaged_GoesOnFromTheOneBefore_AndWarns()
    {
        using var straight = new TestRunWorker(s_training);
        using var damaged = new TestRunWorker(s_training);
        straight.Run();
        damaged.Run();
        Flip(Path.Combine(damaged.Folder.CheckpointPath(20), "optimizer.safetensors"), 5000);

        Assert.Equal(10, CheckpointStore.NewestGood(damaged.Folder));
        Assert.Equal(RunStatus.Completed, damaged.Run());

        Assert.Contains("step 20 is damaged", Assert.Single(damaged.Events().OfType<WarningEvent>()).Message, StringComparison.Ordinal);
        AssertSame(straight, damaged);
    }

    /// <summary>With a learning rate of almost nothing the loss on other text does not fall for long; the patience survives a stop.</summary>
    [Fact]
    public void Run_ValidationLossFallsNoMore_EndsEarlyInWords_AlsoWhenResumed()
    {
        var training = s_training with { Steps = 200, LearningRate = 1e-12, EvaluationInterval = 2, Patience = 4, CheckpointInterval = 1, SampleInterval = 0 };
        using var straight = new TestRunWorker(training);
        using var resumed = new TestRunWorker(training);

        Assert.Equal(RunStatus.Completed, straight.Run());
        using (var control = new RunControl())
        {
            resumed.OnBatch = position => { if (position == 5) control.Interrupt(); };
            Assert.Equal(RunStatus.Interrupted, resumed.Run(control));
        }
        resumed.OnBatch = null;
        Assert.Equal(RunStatus.Completed, resumed.Run());

        var losses = straight.Events().OfType<EvaluationEvent>().Select(happened => happened.Loss).ToList();
        var last = straight.Events().OfType<StatusEvent>().Last();
        Assert.Equal(4, losses.Count - 1 - losses.IndexOf(losses.Min()));
        Assert.InRange(last.Step, 8, 199);
        Assert.Contains("ended early", last.Reason, StringComparison.Ordinal);
        Assert.Equal(last.Step, CheckpointStore.ListSteps(straight.Folder)[^1]);
        Assert.Equal((last.Step, last.Reason), resumed.Events().OfType<StatusEvent>().Select(happened => (happened.Step, happened.Reason)).Last());
    }

    [Fact]
    public void Run_LearningRateOf1000_FailsInWords_AndKeepsTheGoodCheckpoint()
    {
        using var worker = new TestRunWorker(s_training with { Steps = 200, LearningRate = 1000, WarmupSteps = 0, CheckpointInterval = 1 });

        Assert.Equal(RunStatus.Failed, worker.Run());

        var last = worker.Events().OfType<StatusEvent>().Last();
        Assert.Contains("diverged", last.Reason, StringComparison.Ordinal);
        Assert.Contains("learning rate", last.Reason, StringComparison.Ordinal);
        Assert.All(worker.Events().OfType<StepEvent>(), happened => Assert.True(double.IsFinite(happened.Loss)));
        foreach (var step in CheckpointStore.ListSteps(worker.Folder))
            foreach (var tensor in CheckpointStore.ReadWeights(worker.Folder.CheckpointPath(step)).Tensors.Values)
                Assert.DoesNotContain(tensor.Values.ToArray(), value => !float.IsFinite(value));
    }

    [Fact]
    public async Task Run_Paused_WaitsAndSavesOnRequest_ThenGoesOn()
    {
        using var worker = new TestRunWorker(s_training);
        using var control = new RunControl();
        worker.OnBatch = position => { if (position == 6) control.Pause(); };
        var running = Task.Factory.StartNew(() => worker.Run(control), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        SpinWait.SpinUntil(() => worker.Events().OfType<StatusEvent>().Any(happened => happened.Status == RunStatus.Paused), TimeSpan.FromSeconds(30));
        control.Save();
        SpinWait.SpinUntil(() => CheckpointStore.ListSteps(worker.Folder).Count > 0, TimeSpan.FromSeconds(30));
        Assert.Equal([7], CheckpointStore.ListSteps(worker.Folder));

        control.Resume();

        Assert.Equal(RunStatus.Completed, await running);
        Assert.Equal(
            [RunStatus.Preparing, RunStatus.Running, RunStatus.Paused, RunStatus.Running, RunStatus.Completed],
            worker.Events().OfType<StatusEvent>().Select(happened => happened.Status));
    }

    /// <summary>Nothing has changed since the checkpoint, and writing it again would only put it at risk.</summary>
    [Fact]
    public async Task Run_PausedAtItsCheckpoint_SavesNothingOnRequest()
    {
        using var worker = new TestRunWorker(s_training);
        using (var stopping = new RunControl())
        {
            worker.OnBatch = position => { if (position == 6) stopping.Interrupt(); };
            worker.Run(stopping);
        }
        var saves = 0;
        worker.OnBatch = _ => saves = int.MinValue; // from its next step on it may save again
        worker.OnPhase = phase => saves += phase == WorkerPhase.Saving ? 1 : 0;
        using var control = new RunControl();
        control.Pause();
        control.Save();

        var running = Task.Factory.StartNew(() => worker.Run(control), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        SpinWait.SpinUntil(() => worker.Events().OfType<StatusEvent>().Any(happened => happened.Status == RunStatus.Paused), TimeSpan.FromSeconds(30));
        await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken); // it looks for requests ten times a second
        var whilePaused = saves;
        control.Resume();

        Assert.Equal(RunStatus.Completed, await running);
        Assert.Equal(0, whilePaused);
    }

    [Fact]
    public void Run_Stopped_SavesACheckpointOfTheLastStep()
    {
        using var worker = new TestRunWorker(s_training);
        using var control = new RunControl();
        worker.OnBatch = position => { if (position == 2) control.Stop(); };

        Assert.Equal(RunStatus.Stopped, worker.Run(control));

        Assert.Equal(3, CheckpointStore.NewestGood(worker.Folder));
    }

    [Fact]
    public void Run_HeldByAnotherWorker_Throws()
    {
        using var worker = new TestRunWorker(s_training);
        using var held = RunLock.TryAcquire(worker.Folder);

        Assert.Throws<IOException>(() => worker.Run());
    }

    [Fact]
    public void Run_SpecIsBroken_FailsInWords()
    {
        using var worker = new TestRunWorker(s_training);
        File.WriteAllText(worker.Folder.SpecPath, (worker.Spec with { Model = worker.Spec.Model with { HeadCount = 5 } }).ToJson());

        Assert.Equal(RunStatus.Failed, worker.Run());

        Assert.Contains("5 heads do not divide", worker.Events().OfType<StatusEvent>().Last().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DeviceIsNotThere_FailsInWords()
    {
        using var worker = new TestRunWorker(s_training with { Device = "cuda:63" });

        Assert.Equal(RunStatus.Failed, worker.Run());

        Assert.Contains("cuda:63", worker.Events().OfType<StatusEvent>().Last().Reason, StringComparison.Ordinal);
    }

    private static void AssertSame(TestRunWorker expected, TestRunWorker found) => WorkerComparison.AssertSame(expected.Folder, found.Folder, step: 20);

    private static void Flip(string file, int offset)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[offset] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
