using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>What becomes of runs whose worker or lab is gone.</summary>
public sealed class TrainingRecoveryTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
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

    private RunFolder AddRun(RunStatus status)
    {
        var run = _temp.AddRun("20260314-092653-ab12", LabOfRuns.Spec());
        using var events = new RunEventWriter(run);
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = RunStatus.Queued });
        events.Append(new StatusEvent { Time = TestRuns.Start, Status = status, Reason = "It was so." });
        return run;
    }
}
