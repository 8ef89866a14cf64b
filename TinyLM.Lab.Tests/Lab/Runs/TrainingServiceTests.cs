using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>What a person does with one run: start, pause, stop, go back, extend, delete.</summary>
public sealed class TrainingServiceTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Start_SoundSpec_TrainsToItsEnd()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var queued = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(queued.Id, RunStatus.Completed);

        Assert.Equal(RunStatus.Queued, queued.Status);
        var run = lab.Runs.Find(queued.Id)!;
        Assert.Equal(12, run.Step);
        Assert.True(run.HasCheckpoint);
        Assert.NotNull(run.EndedAt);
        Assert.Equal(Enumerable.Range(1, 12), LabOfRuns.StepsOf(_workers.All[0].Run));
    }

    [Fact]
    public async Task Extend_CompletedRun_GoesOnFromItsLastCheckpointAndLeavesRunJsonAlone()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);
        var asked = File.ReadAllText(_workers.All[0].Run.SpecPath);

        await lab.Runs.ExtendAsync(run.Id, 20, TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id) is { Step: 20, Status: RunStatus.Completed }, "20 steps are done");

        Assert.Equal(20, lab.Runs.Find(run.Id)!.Steps);
        Assert.Equal(Enumerable.Range(1, 20), LabOfRuns.StepsOf(_workers.All[0].Run));
        Assert.Equal(asked, File.ReadAllText(_workers.All[0].Run.SpecPath));
        await Assert.ThrowsAsync<ArgumentException>(() => lab.Runs.ExtendAsync(run.Id, 20, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task GoBack_RunningRun_GoesOnFromTheCheckpointAtALowerRate()
    {
        _workers.HoldAt = 13;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 20), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 12, "12 steps are done");

        await lab.Runs.GoBackAsync(run.Id, 5, 0.5, TestContext.Current.CancellationToken);
        _workers.LetGo();
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        var folder = _workers.All[0].Run;
        Assert.Equal(0.5, RunExtension.Read(folder).LearningRateFactor);
        Assert.True(Directory.Exists(folder.CheckpointPath(10) + ".abandoned"));
        Assert.Equal(Enumerable.Range(1, 20), LabOfRuns.StepsOf(folder));
        await Assert.ThrowsAsync<ArgumentException>(() => lab.Runs.GoBackAsync(run.Id, 3, 0.5, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Discard_RunningRun_StopsItWithoutACheckpoint()
    {
        _workers.HoldAt = 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 7, "7 steps are done");

        await lab.Runs.DiscardAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Stopped);

        Assert.Equal(["step-00000005"], Directory.EnumerateDirectories(_workers.All[0].Run.CheckpointsPath).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Stop_RunningRun_StopsItWithACheckpointAndResumeGoesOnFromThere()
    {
        _workers.HoldAt = 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 7, "7 steps are done");

        await lab.Runs.StopAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Stopped);
        var stopped = lab.Runs.Find(run.Id)!;
        _workers.LetGo();
        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal(7, stopped.Step);
        Assert.Equal(2, _workers.All.Count);
        Assert.Equal(Enumerable.Range(1, 12), LabOfRuns.StepsOf(_workers.All[0].Run));
    }

    [Fact]
    public async Task Resume_WhileTheWorkerIsStopping_GoesOnAfterIt()
    {
        _workers.HoldAt = 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 7, "7 steps are done");

        await lab.Runs.StopAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        _workers.LetGo();

        await lab.UntilAsync(run.Id, RunStatus.Completed);
        Assert.Equal(2, _workers.All.Count);
    }

    [Fact]
    public async Task PauseAndResume_RunningRun_WaitsAndGoesOnInTheSameWorker()
    {
        _workers.HoldAt = 4;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 3, "3 steps are done");

        await lab.Runs.PauseAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.Runs.PauseAsync(run.Id, TestContext.Current.CancellationToken);
        _workers.LetGo();
        await lab.UntilAsync(run.Id, RunStatus.Paused);
        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Single(_workers.All);
    }

    [Fact]
    public async Task Delete_RunningRun_IsRefusedAndEndedOneIsGone()
    {
        _workers.HoldAt = 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 7, "7 steps are done");

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken));
        _workers.LetGo();
        await lab.UntilAsync(run.Id, RunStatus.Completed);
        await _workers.All[0].LeftAsync();
        await lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.Runs.DeleteAsync(run.Id, TestContext.Current.CancellationToken);

        Assert.Contains("Stop it first", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Runs.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Directory.RunsPath));
    }
}
