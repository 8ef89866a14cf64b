using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

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
    public async Task Start_SecondRunOnTheDevice_WaitsForTheFirst()
    {
        _workers.HoldAt = 3;
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var first = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        var second = await lab.Runs.StartAsync(LabOfRuns.Spec(device: "auto"), TestContext.Current.CancellationToken); // auto is the processor here
        var third = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(first.Id, RunStatus.Running);
        await lab.LookAfterAsync();
        var whileFirst = (Started: _workers.All.Count, Second: lab.Runs.Find(second.Id)!.Status);
        _workers.LetGo();
        await lab.UntilAsync(third.Id, RunStatus.Completed);

        Assert.Equal((1, RunStatus.Queued), whileFirst);
        Assert.Equal([first.Id, second.Id, third.Id], _workers.All.Select(worker => worker.Run.Id));
    }

    [Fact]
    public async Task Start_RunOnAnotherDevice_DoesNotWait()
    {
        _workers.HoldAt = 3;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        lab.Devices.Current = FakeDeviceCatalog.Processor with { Devices = [.. FakeDeviceCatalog.Processor.Devices, FakeDeviceCatalog.Processor.Devices[0] with { Id = "cuda:0" }] };

        var first = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        var second = await lab.Runs.StartAsync(LabOfRuns.Spec(device: "cuda"), TestContext.Current.CancellationToken);

        await lab.UntilAsync(second.Id, RunStatus.Running);
        await lab.UntilAsync(first.Id, RunStatus.Running);
    }

    [Fact]
    public async Task Queue_Rearranged_StartsInThatOrderAlsoAfterARestart()
    {
        _workers.HoldAt = 3;
        string[] ids;
        using (var before = new LabOfRuns(_temp.Directory, _workers))
        {
            ids = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => (await before.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken)).Id))];
            await before.UntilAsync(() => before.Runs.List().Any(run => run.Status == RunStatus.Running), "one trains");
            ids = [before.Runs.List().Single(run => run.Status == RunStatus.Running).Id, .. before.Queue.State.Runs.Select(run => run.Id)];
            await before.Queue.MoveAsync(ids[3], 0, TestContext.Current.CancellationToken);
        }

        using var after = new LabOfRuns(_temp.Directory, _workers);
        var order = after.Queue.State.Runs.Select(run => run.Id).ToList();
        _workers.LetGo();
        await after.UntilAsync(ids[2], RunStatus.Completed);

        Assert.Equal([ids[3], ids[1], ids[2]], order);
        Assert.Equal([ids[0], ids[3], ids[1], ids[2]], _workers.All.Select(worker => worker.Run.Id));
    }

    [Fact]
    public async Task Queue_Paused_StartsNothingAlsoAfterARestart()
    {
        using (var before = new LabOfRuns(_temp.Directory, _workers)) await before.Queue.PauseAsync(true, TestContext.Current.CancellationToken);
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.LookAfterAsync();
        await lab.LookAfterAsync();

        var whilePaused = (lab.Queue.State.IsPaused, _workers.All.Count);
        await lab.Queue.PauseAsync(false, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal((true, 0), whilePaused);
    }

    [Fact]
    public async Task Queue_AfterAFailure_GoesOnWithTheNext()
    {
        _workers.DiesAt = (worker, step) => worker.ProcessId <= Attendance.DeathLimit && step == 2;
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var first = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        var second = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(second.Id, RunStatus.Completed);

        Assert.Equal(RunStatus.Failed, lab.Runs.Find(first.Id)!.Status);
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
    public async Task Stop_QueuedRun_TakesItOutOfTheQueue()
    {
        _workers.HoldAt = 3;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        var waiting = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.LookAfterAsync();

        await lab.Runs.StopAsync(waiting.Id, TestContext.Current.CancellationToken);
        await lab.Runs.StopAsync(waiting.Id, TestContext.Current.CancellationToken);

        Assert.Equal(RunStatus.Stopped, lab.Runs.Find(waiting.Id)!.Status);
        Assert.Single(_workers.All);
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
    public async Task WorkerDies_WhilePaused_NextOneWaitsToo()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        _workers.HoldAt = 4;
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 3, "3 steps are done");
        await lab.Runs.PauseAsync(run.Id, TestContext.Current.CancellationToken);
        _workers.LetGo();
        await lab.UntilAsync(run.Id, RunStatus.Paused);

        _workers.All[0].Kill();
        await lab.UntilAsync(() => _workers.All.Count == 2, "another worker began");
        await lab.UntilAsync(run.Id, RunStatus.Paused);

        Assert.True(_workers.All[1].WasStartedPaused);
    }

    [Fact]
    public async Task WorkerDies_Once_IsReplacedAndEachStepStandsOnce()
    {
        _workers.DiesAt = (worker, step) => worker.ProcessId == 1 && step == 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal(2, _workers.All.Count);
        Assert.Equal(Enumerable.Range(1, 12), LabOfRuns.StepsOf(_workers.All[0].Run));
    }

    [Fact]
    public async Task WorkerDies_ThreeTimesAtTheSameStep_FailsWithTheReason()
    {
        _workers.DiesAt = (_, step) => step == 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Failed);

        Assert.Equal(Attendance.DeathLimit, _workers.All.Count);
        var failed = lab.Runs.Find(run.Id)!;
        Assert.Contains("3 times", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("the checkpoint of step 5", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("signal 9", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("allocating", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerDies_WithProgressBetween_CountsAnew()
    {
        _workers.DiesAt = (worker, step) => step == 5 * worker.ProcessId + 2 && worker.ProcessId <= 5; // each gets one checkpoint further
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 30), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal(6, _workers.All.Count);
        Assert.Equal(Enumerable.Range(1, 30), LabOfRuns.StepsOf(_workers.All[0].Run));
    }

    [Fact]
    public async Task FailedRun_Resumed_MayDieAsOftenAgain()
    {
        _workers.DiesAt = (worker, step) => step == 8 && worker.ProcessId <= 5;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Failed);

        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal(6, _workers.All.Count);
    }

    [Fact]
    public async Task WorkerDies_AfterItWasToldToStop_RunStaysStopped()
    {
        _workers.HoldAt = 8;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken);
        await lab.UntilAsync(() => lab.Runs.Find(run.Id)!.Step == 7, "7 steps are done");

        await lab.Training.StopAsync(lab.Catalog.Stored(run.Id)!, TestContext.Current.CancellationToken); // noted, but the worker dies before it hears of it
        _workers.All[0].Kill();
        await lab.UntilAsync(run.Id, RunStatus.Stopped);
        await lab.LookAfterAsync();

        Assert.Single(_workers.All);
    }

    [Fact]
    public async Task Worker_ThatCannotBeStarted_FailsTheRunInWords()
    {
        _workers.Refusal = new InvalidOperationException("The worker 'dotnet' cannot be started: no such file.");
        using var lab = new LabOfRuns(_temp.Directory, _workers);

        var run = await lab.Runs.StartAsync(LabOfRuns.Spec(), TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Failed);

        Assert.Equal("The worker 'dotnet' cannot be started: no such file.", lab.Runs.Find(run.Id)!.Reason);
    }

    [Fact]
    public async Task LabRestarts_WorkerLives_IsFoundAgainAndObeys()
    {
        _workers.HoldAt = 8;
        string id;
        using (var before = new LabOfRuns(_temp.Directory, _workers))
        {
            id = (await before.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken)).Id;
            await before.UntilAsync(() => before.Runs.Find(id)!.Step == 7, "7 steps are done");
        }

        using var after = new LabOfRuns(_temp.Directory, _workers);
        await after.LookAfterAsync();
        var found = after.Runs.Find(id)!;
        await after.Runs.StopAsync(id, TestContext.Current.CancellationToken);
        await after.UntilAsync(id, RunStatus.Stopped);

        Assert.Equal((RunStatus.Running, 7), (found.Status, found.Step));
        Assert.Single(_workers.All);
    }

    [Fact]
    public async Task LabRestarts_WorkerDiedMeanwhile_RunGoesOn()
    {
        _workers.HoldAt = 8;
        string id;
        using (var before = new LabOfRuns(_temp.Directory, _workers))
        {
            id = (await before.Runs.StartAsync(LabOfRuns.Spec(steps: 12), TestContext.Current.CancellationToken)).Id;
            await before.UntilAsync(() => before.Runs.Find(id)!.Step == 7, "7 steps are done");
        }

        _workers.All[0].Kill();
        await _workers.All[0].LeftAsync();
        _workers.LetGo();
        using var after = new LabOfRuns(_temp.Directory, _workers);
        await after.UntilAsync(id, RunStatus.Completed);

        Assert.Equal(2, _workers.All.Count);
        Assert.Equal(Enumerable.Range(1, 12), LabOfRuns.StepsOf(_workers.All[0].Run));
    }

    [Theory]
    [InlineData(RunStatus.Queued)]
    [InlineData(RunStatus.Interrupted)]
    [InlineData(RunStatus.Preparing)]
    [InlineData(RunStatus.Running)]
    public async Task LabStarts_RunThatWasLeft_GoesOnByItself(RunStatus status)
    {
        var run = AddRun(status);

        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Single(_workers.All);
    }

    [Theory]
    [InlineData(RunStatus.Stopped)]
    [InlineData(RunStatus.Failed)]
    [InlineData(RunStatus.Completed)]
    public async Task LabStarts_RunThatHasEnded_StaysSo(RunStatus status)
    {
        var run = AddRun(status);

        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.LookAfterAsync();
        await lab.LookAfterAsync();

        Assert.Equal(status, lab.Runs.Find(run.Id)!.Status);
        Assert.Empty(_workers.All);
    }

    [Fact]
    public async Task Interrupted_WhileTheLabServes_WaitsForAPerson()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.LookAfterAsync();
        var run = AddRun(RunStatus.Interrupted); // in a terminal, by Ctrl+C

        await lab.LookAfterAsync();
        await lab.LookAfterAsync();
        var left = (lab.Runs.Find(run.Id)!.Status, _workers.All.Count);
        await lab.Runs.ResumeAsync(run.Id, TestContext.Current.CancellationToken);
        await lab.UntilAsync(run.Id, RunStatus.Completed);

        Assert.Equal((RunStatus.Interrupted, 0), left);
    }

    [Fact]
    public async Task RunOfATerminal_IsShownAndLeftAlone()
    {
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        await lab.LookAfterAsync();
        var run = AddRun(RunStatus.Running);

        using (RunLock.TryAcquire(run))
        {
            await lab.LookAfterAsync();
            await lab.LookAfterAsync();
            Assert.Equal(RunStatus.Running, lab.Runs.Find(run.Id)!.Status);
            Assert.Empty(_workers.All);
        }

        await lab.UntilAsync(run.Id, RunStatus.Completed); // its terminal was killed
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

    private RunFolder AddRun(RunStatus status)
    {
        var run = _temp.AddRun("20260314-092653-ab12", LabOfRuns.Spec());
        using var events = new RunEventWriter(run);
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Queued });
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = status, Reason = "It was so." });
        return run;
    }
}
