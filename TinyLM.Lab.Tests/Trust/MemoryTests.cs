using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>Memory runs out: a run that does not fit is refused before it takes any; else only its worker dies, and the run says so.</summary>
[Collection(TorchTests.Name)]
public sealed class MemoryTests : IDisposable
{
    private static readonly TrainingConfig s_training = new() { Steps = 6, BatchSize = 2, WarmupSteps = 0, CheckpointInterval = 2, EvaluationBatches = 1, SampleInterval = 0, Device = "cpu", Threads = 1, Precision = TrainingPrecision.Fp32 };

    private readonly TempLab _temp = new();

    public void Dispose() => _temp.Dispose();

    /// <summary>Models of the sizes that people know, on machines that are too small for them; a byte more than is needed, and the same run begins.</summary>
    [Theory]
    [InlineData(12, 768, 12, 16, 4_000_000_000)]
    [InlineData(24, 1024, 16, 16, 8_000_000_000)]
    [InlineData(36, 1280, 20, 8, 16_000_000_000)]
    [InlineData(48, 1600, 25, 4, 24_000_000_000)]
    [InlineData(2, 32, 2, 65_536, 16_000_000_000)]
    public void Run_ThatDoesNotFit_IsRefusedInWordsBeforeAnythingIsPrepared(int layers, int width, int heads, int batch, long free)
    {
        var model = new ModelConfig { VocabularySize = 300, ContextLength = 1024, EmbeddingSize = width, LayerCount = layers, HeadCount = heads };
        var begun = false;
        using var worker = new TestRunWorker(s_training with { BatchSize = batch }, model: model) { FreeMemory = () => free, OnPhase = _ => begun = true };

        Assert.Equal(RunStatus.Failed, worker.Run());

        var reason = worker.Events().OfType<StatusEvent>().Last().Reason;
        Assert.False(begun);
        Assert.Contains("GB of memory", reason, StringComparison.Ordinal);
        Assert.Contains("smaller batch size", reason, StringComparison.Ordinal);
        Assert.Null(worker.Spec.MemoryProblem(ModelArithmetic.TrainingBytes(model, batch, 0)));
        Assert.NotNull(worker.Spec.MemoryProblem(ModelArithmetic.TrainingBytes(model, batch, 0) - 1));
    }

    [Fact]
    public void Run_ThatFits_Begins()
    {
        using var worker = new TestRunWorker(s_training) { FreeMemory = () => 100_000_000 };

        Assert.Equal(RunStatus.Completed, worker.Run());
    }

    [Fact]
    public void FreeMemory_OfThisMachine_IsLessThanItHas() =>
        Assert.InRange(SystemMemory.AvailableBytes(), 1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    [Fact]
    public async Task Lab_AskedForARunThatNoDeviceCanHold_RefusesInWords()
    {
        using var workers = new FakeWorkers();
        using var lab = new LabOfRuns(_temp.Directory, workers);
        var spec = LabOfRuns.Spec();
        spec = spec with { Model = spec.Model with { EmbeddingSize = 8192, HeadCount = 64, LayerCount = 64 } };

        var refused = await Assert.ThrowsAsync<InvalidSpecException>(() => lab.Runs.StartAsync(spec, TestContext.Current.CancellationToken));

        Assert.Contains("24 GB are there", refused.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Runs.List());
    }

    /// <summary>libtorch says that it cannot allocate: the run fails in words and keeps its checkpoint.</summary>
    [Fact]
    public void Allocation_ThatFails_EndsTheRunInWords_WithItsCheckpoint()
    {
        using var worker = new TestRunWorker(s_training);
        worker.OnBatch = position =>
        {
            if (position == 4) throw new AllocationException("[enforce fail at alloc_cpu.cpp:116] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 68719476736 bytes.");
        };

        Assert.Equal(RunStatus.Failed, worker.Run());

        Assert.Contains("Memory ran out", worker.Events().OfType<StatusEvent>().Last().Reason, StringComparison.Ordinal);
        Assert.Equal(4, CheckpointStore.NewestGood(worker.Folder));
    }

    /// <summary>The kernel kills each worker that takes more than it may, as it does where a container or a machine has no more.</summary>
    [Fact]
    public async Task Workers_ThatTakeMoreThanTheKernelGives_FailTheirRunAlone()
    {
        using var limit = MemoryLimit.Of(bytes: 60_000_000);
        using var workers = new WatchedLauncher { Started = limit.Bind };
        using var lab = new LabOfRuns(_temp.Directory, workers);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);

        await lab.UntilAsync(run.Id, RunStatus.Failed);
        Assert.Equal(Attendance.DeathLimit, workers.Count);
        Assert.Contains("killed (signal 9), as the system does when memory runs out", lab.Runs.Find(run.Id)!.Reason, StringComparison.Ordinal);
    }

    /// <summary>The system kills real workers, as it does when memory runs out: the lab lives, the run says what happened, and the others show.</summary>
    [Fact]
    public async Task Workers_KilledByTheSystem_FailTheirRunAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are Unix's.");
        using var workers = new WatchedLauncher();
        using var lab = new LabOfRuns(_temp.Directory, workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 1_000_000), TestContext.Current.CancellationToken);
        var other = await lab.Runs.StartAsync(LabOfRuns.Spec(name: "Other"), TestContext.Current.CancellationToken);
        await lab.Runs.StopAsync(other.Id, TestContext.Current.CancellationToken);

        for (var death = 1; death <= Attendance.DeathLimit; death++)
        {
            await lab.UntilAsync(() => workers.Count == death, "a worker begins");
            workers.KillLast();
        }

        await lab.UntilAsync(run.Id, RunStatus.Failed);
        Assert.Contains("killed (signal 9), as the system does when memory runs out", lab.Runs.Find(run.Id)!.Reason, StringComparison.Ordinal);
        Assert.Equal(RunStatus.Stopped, lab.Runs.Find(other.Id)!.Status);
    }

    /// <summary>As TorchSharp tells what libtorch could not do.</summary>
    private sealed class AllocationException(string message) : System.Runtime.InteropServices.ExternalException(message);
}
