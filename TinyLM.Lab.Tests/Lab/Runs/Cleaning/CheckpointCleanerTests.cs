using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs.Cleaning;

public sealed class CheckpointCleanerTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Clean_AfterAPreview_RemovesWhatItNamedAndNothingElse()
    {
        var run = AddRun("20260101-000000-aaaa", RunStatus.Completed);
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var before = lab.Runs.Find(run.Id)!.DiskBytes;

        var preview = Assert.Single(await lab.Cleaner.PreviewAsync(new CheckpointPolicy { KeepLast = 1 }, TestContext.Current.CancellationToken));
        var free = await lab.Cleaner.CleanAsync([preview], TestContext.Current.CancellationToken);

        Assert.Equal([10, 30], preview.Removed); // 20 has the lowest loss
        Assert.Equal([20, 40], CheckpointStore.ListSteps(run));
        Assert.Equal([20, 40], preview.Kept);
        Assert.Equal(preview.Bytes, free);
        Assert.Equal(before - free, lab.Runs.Find(run.Id)!.DiskBytes);
        Assert.Empty(await lab.Cleaner.PreviewAsync(new CheckpointPolicy { KeepLast = 1 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Clean_OfARunThatGoesOnAgain_TouchesNothing()
    {
        var run = AddRun("20260101-000000-aaaa", RunStatus.Stopped);
        _workers.HoldAt = 2;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var preview = await lab.Cleaner.PreviewAsync(new CheckpointPolicy { KeepLast = 1 }, TestContext.Current.CancellationToken);

        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        var free = await lab.Cleaner.CleanAsync(preview, TestContext.Current.CancellationToken);

        Assert.Equal(0, free);
        Assert.Equal([10, 20, 30, 40], CheckpointStore.ListSteps(run));
        Assert.Empty(await lab.Cleaner.PreviewAsync(new CheckpointPolicy { KeepLast = 1 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Policy_Set_HoldsAfterARestartAndAFileThatIsNoneIsPassedOver()
    {
        var policy = new CheckpointPolicy { KeepLast = 2, KeepEvery = 5, KeepBest = false, Automatic = true };
        using (var lab = new LabOfRuns(_temp.Directory, _workers)) await lab.Cleaner.SetPolicyAsync(policy, TestContext.Current.CancellationToken);
        using (var lab = new LabOfRuns(_temp.Directory, _workers))
        {
            Assert.Equal(policy, lab.Cleaner.Policy);
            await Assert.ThrowsAsync<ArgumentException>(() => lab.Cleaner.SetPolicyAsync(policy with { KeepLast = 0 }, TestContext.Current.CancellationToken));
        }

        File.WriteAllText(_temp.Directory.CheckpointPolicyPath, """{"keepLast": 0, "automatic": true}""");
        using var after = new LabOfRuns(_temp.Directory, _workers);
        Assert.Equal(new CheckpointPolicy(), after.Cleaner.Policy);
    }

    [Fact]
    public async Task Automatic_OfARunThatEnds_CleansUpByItself()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.Cleaner.SetPolicyAsync(new CheckpointPolicy { KeepLast = 1, KeepBest = false, Automatic = true }, TestContext.Current.CancellationToken);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);
        await lab.UntilAsync(() => CheckpointStore.ListSteps(lab.Store.Find(run.Id)!).Count == 1, "old checkpoints are gone");

        Assert.Equal([12], CheckpointStore.ListSteps(lab.Store.Find(run.Id)!));
    }

    private RunFolder AddRun(string id, RunStatus status)
    {
        var run = _temp.AddRun(id, LabOfRuns.Spec(steps: 50));
        using var events = new RunEventWriter(run);
        foreach (var (step, loss) in ((int, double)[])[(10, 3), (20, 2), (30, 2.5), (40, 2.6)])
        {
            events.Append(TestRuns.Step(step));
            events.Append(TestRuns.Evaluation(step) with { Loss = loss });
            TestCheckpoint.Write(run, step);
            events.Append(TestRuns.Checkpoint(step));
        }

        events.Append(new StatusEvent { Time = TestRuns.Start, Status = status, Step = 40 });
        return run;
    }
}
