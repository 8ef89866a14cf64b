using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>Who waits for whom, and in which order.</summary>
public sealed class TrainingQueueTests : IDisposable
{
    private readonly TempLab _temp = new();
    private readonly FakeWorkers _workers = new();

    public void Dispose()
    {
        _workers.Dispose();
        _temp.Dispose();
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
    public async Task Start_RunsOnAnyDevice_GetACardEach()
    {
        _workers.HoldAt = 3;
        using var lab = new LabOfRuns(_temp.Directory, _workers);
        var processor = FakeDeviceCatalog.Processor.Devices[0];
        lab.Devices.Current = FakeDeviceCatalog.Processor with { Devices = [processor with { Id = "cuda:0" }, processor with { Id = "cuda:1" }, processor] };

        var ids = new List<string>();
        foreach (var device in (string[])["auto", "cuda", "auto", "cpu"]) ids.Add((await lab.Runs.StartAsync(LabOfRuns.Spec(device: device), TestContext.Current.CancellationToken)).Id);
        await lab.UntilAsync(ids[3], RunStatus.Running);
        await lab.UntilAsync(ids[1], RunStatus.Running);
        var third = lab.Runs.Find(ids[2])!.Status; // the processor is no card, and both cards are at work
        var used = _workers.All.Select(worker => (worker.Run.Id, worker.Device)).ToList();
        _workers.LetGo();
        await lab.UntilAsync(ids[2], RunStatus.Completed);

        Assert.Equal(RunStatus.Queued, third);
        Assert.Equal([(ids[0], "cuda:0"), (ids[1], "cuda:1"), (ids[3], null)], used);
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
}
