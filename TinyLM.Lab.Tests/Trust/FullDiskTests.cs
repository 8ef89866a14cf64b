using System.Diagnostics;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Trust;

/// <summary>The disk is full: the run pauses loudly, keeps its last checkpoint, and goes on by itself when there is room again, with the same bits.</summary>
[Collection(TorchTests.Name)]
public sealed class FullDiskTests : IDisposable
{
    private static readonly TrainingConfig s_training = new()
    {
        Steps = 12,
        BatchSize = 2,
        WarmupSteps = 2,
        EvaluationInterval = 6,
        EvaluationBatches = 1,
        SampleInterval = 6,
        CheckpointInterval = 4,
        Device = "cpu",
        Threads = 1,
        Precision = TrainingPrecision.Fp32,
    };

    private readonly TemporaryFolder _disk = new();

    public void Dispose() => _disk.Dispose();

    /// <summary>Full at a write chosen at random: of an event, in the middle of a checkpoint, at the very start, at the last word.</summary>
    [Fact]
    public async Task Disk_FullAtAnyWrite_PausesTheRun_AndItGoesOnWhenThereIsRoom()
    {
        var random = new Random(7);
        using var straight = new TestRunWorker(s_training);
        Assert.Equal(RunStatus.Completed, straight.Run());
        var writes = CountWrites();

        for (var trial = 0; trial < TrustCounts.Of(10, 100); trial++)
        {
            var top = Directory.CreateDirectory(_disk[$"{trial}"]).FullName;
            var files = new FullFiles(top);
            using var worker = new TestRunWorker(s_training, files: files, top: top);
            var (at, count, left) = (trial == 0 ? 0 : random.Next(writes), 0, random.Next(3) * 500);
            files.Before = call =>
            {
                if (call.Kind == CallKind.Write && count++ == at) files.Room = files.Taken + left;
            };

            var running = StartAsync(worker);
            await Eventually.HoldsAsync(() => files.Refusals > 0 || running.IsCompleted, "the disk was found full");
            var saved = CheckpointStore.NewestGood(worker.Folder);
            if (!running.IsCompleted && at > 2) await Eventually.HoldsAsync(() => Summary(worker).WaitsForSpace || running.IsCompleted, "the run says so");
            var waiting = Summary(worker);
            files.Room = long.MaxValue;

            Assert.True(await running == RunStatus.Completed, Summary(worker).Reason);
            if (waiting.WaitsForSpace)
            {
                Assert.Equal(RunStatus.Paused, waiting.Status);
                Assert.Contains("disk is full", waiting.Reason, StringComparison.Ordinal);
                Assert.True(CheckpointStore.NewestGood(worker.Folder) >= (saved ?? 0));
            }

            Assert.Equal((RunStatus.Completed, false), (Summary(worker).Status, Summary(worker).WaitsForSpace));
            Assert.False(File.Exists(worker.Folder.ReservePath));
            WorkerComparison.AssertSame(straight.Folder, worker.Folder, s_training.Steps);
            Directory.Delete(top, recursive: true);
        }
    }

    /// <summary>Whatever part of a checkpoint did not fit, the one before it stands.</summary>
    [Fact]
    public async Task Disk_FullWhileSaving_KeepsTheLastCheckpoint_AndSaysSoWhereThePersonLooks()
    {
        var files = new FullFiles(_disk.Path);
        using var worker = new TestRunWorker(s_training, files: files, top: _disk.Path);
        files.Before = call =>
        {
            if (call.Path.Contains("step-00000008", StringComparison.Ordinal) && call.Path.EndsWith("model.safetensors", StringComparison.Ordinal) && call.Kind == CallKind.Write && files.Refusals == 0)
                files.Room = files.Taken + 100;
        };

        var running = StartAsync(worker);
        await Eventually.HoldsAsync(() => Summary(worker).WaitsForSpace, "the run waits for space");

        Assert.Equal(4, CheckpointStore.NewestGood(worker.Folder));
        Assert.Equal([4], CheckpointStore.ListSteps(worker.Folder));
        Assert.Contains("goes on by itself", Summary(worker).Reason, StringComparison.Ordinal);
        Assert.Equal("Paused at step 8: the disk is full. Free some space; the run goes on by itself.", TinyLM.Lab.Commands.TrainingDisplay.Describe(Summary(worker)));
        files.Room = long.MaxValue;
        Assert.Equal(RunStatus.Completed, await running);
        Assert.Equal([4, 8, 12], CheckpointStore.ListSteps(worker.Folder));
    }

    /// <summary>Nobody has to wait for a full disk: told to leave, the worker leaves, and the next one goes on from the last checkpoint.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disk_Full_WorkerToldToLeave_LeavesAndGoesOnLater(bool isPerson)
    {
        using var straight = new TestRunWorker(s_training);
        straight.Run();
        var files = new FullFiles(_disk.Path);
        using var worker = new TestRunWorker(s_training, files: files, top: _disk.Path);
        using var control = new RunControl();
        worker.OnBatch = position =>
        {
            if (position == 10) files.Room = files.Taken;
        };

        var running = StartAsync(worker, control);
        await Eventually.HoldsAsync(() => Summary(worker).WaitsForSpace, "the run waits for space");
        if (isPerson) control.Stop();
        else control.Interrupt();

        var status = isPerson ? RunStatus.Stopped : RunStatus.Interrupted;
        Assert.Equal(status, await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal(status, Summary(worker).Status);
        Assert.Contains("disk is full", Summary(worker).Reason, StringComparison.Ordinal);
        Assert.Equal(8, CheckpointStore.NewestGood(worker.Folder));
        (files.Room, worker.OnBatch) = (long.MaxValue, null);
        Assert.Equal(RunStatus.Completed, worker.Run());
        WorkerComparison.AssertSame(straight.Folder, worker.Folder, s_training.Steps);
    }

    /// <summary>A disk that refuses for another reason is no full disk: the check must tell them apart.</summary>
    [Fact]
    public void Disk_ThatRefusesForAnotherReason_IsNotWaitedFor()
    {
        using var worker = new TestRunWorker(s_training);
        worker.OnBatch = position =>
        {
            if (position == 3) throw new IOException("Input/output error", 5);
        };

        Assert.Equal(RunStatus.Failed, worker.Run());
        Assert.Contains("Input/output error", Summary(worker).Reason, StringComparison.Ordinal);
    }

    /// <summary>A small file system in memory, filled by somebody else: what the system says, not what we believe it says.</summary>
    [Fact]
    public async Task RealDisk_Full_PausesTheRun_AndItGoesOnWhenThereIsRoom()
    {
        Mounts.SkipUnlessRoot();
        using var straight = new TestRunWorker(s_training);
        straight.Run();
        using var disk = Mounts.Memory(megabytes: 4);
        using var worker = new TestRunWorker(s_training, top: disk.Path);
        var filler = Path.Combine(disk.Path, "filler");
        worker.OnBatch = position =>
        {
            if (position == 6) Fill(filler);
        };

        var running = StartAsync(worker);
        await Eventually.HoldsAsync(() => Summary(worker).WaitsForSpace || running.IsCompleted, "the run waits for space");
        Assert.True(Summary(worker).WaitsForSpace);
        Assert.Equal(4, CheckpointStore.NewestGood(worker.Folder));
        File.Delete(filler);

        Assert.True(await running == RunStatus.Completed, Summary(worker).Reason);
        WorkerComparison.AssertSame(straight.Folder, worker.Folder, s_training.Steps);
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        foreach (var size in (int[])[1 << 16, 1 << 12, 1])
            try
            {
                while (true) file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full to this size.
            }
    }

    private int CountWrites()
    {
        var top = Directory.CreateDirectory(_disk["count"]).FullName;
        var count = 0;
        var files = new FullFiles(top) { Before = call => count += call.Kind == CallKind.Write ? 1 : 0 };
        using var worker = new TestRunWorker(s_training, files: files, top: top);
        worker.Run();
        return count;
    }

    private static RunSummary Summary(TestRunWorker worker) => new RunFeed(RunStore.Read(worker.Folder), TimeProvider.System).Summary;

    private static Task<RunStatus> StartAsync(TestRunWorker worker, RunControl? control = null) =>
        Task.Factory.StartNew(() => control is null ? worker.Run() : worker.Run(control), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
