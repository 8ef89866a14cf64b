using System.Collections.Concurrent;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Workers in this process that keep the rules of a run folder and learn nothing; they survive the lab that started them, as real ones do.</summary>
internal sealed class FakeWorkers : IWorkerLauncher, IDisposable
{
    private readonly ConcurrentQueue<FakeWorker> _all = new();
    private readonly ManualResetEventSlim _mayPass = new();

    /// <summary>All that were started, in order.</summary>
    public IReadOnlyList<FakeWorker> All => [.. _all];

    /// <summary>Steps between two checkpoints.</summary>
    public int CheckpointInterval { get; set; } = 5;

    /// <summary>A worker waits before this step until <see cref="LetGo"/>; null: never.</summary>
    public int? HoldAt { get; set; }

    /// <summary>A worker dies before this step without a word, if set.</summary>
    public Func<FakeWorker, int, bool> DiesAt { get; set; } = (_, _) => false;

    /// <summary>Thrown by the next start, if set.</summary>
    public InvalidOperationException? Refusal { get; set; }

    /// <summary>Lets workers pass that wait, and all that come.</summary>
    public void LetGo() => _mayPass.Set();

    /// <summary>Ends all and waits until they have left.</summary>
    public void Dispose()
    {
        foreach (var worker in All) worker.Kill();
        Task.WaitAll([.. All.Select(worker => worker.LeftAsync())]);
        _mayPass.Dispose();
    }

    /// <inheritdoc/>
    public IWorker Start(RunFolder run, bool isPaused, string? device)
    {
        if (Refusal is not null) throw Refusal;
        var worker = new FakeWorker(run, isPaused, this, number: _all.Count + 1) { Device = device };
        _all.Enqueue(worker);
        return worker;
    }

    /// <summary>Waits for the gate; false when the worker is killed meanwhile.</summary>
    internal bool Pass(FakeWorker worker, int step, RunControl control)
    {
        while (step == HoldAt && !_mayPass.Wait(TimeSpan.FromMilliseconds(2)))
            if (worker.IsKilled || control.Ending is not null) break;
        return !worker.IsKilled && !DiesAt(worker, step);
    }
}

/// <summary>One of the <see cref="FakeWorkers"/>.</summary>
internal sealed class FakeWorker : IWorker
{
    private readonly RunFolder _run;
    private readonly FakeWorkers _all;
    private readonly Task _working;
    private volatile bool _isKilled;

    public FakeWorker(RunFolder run, bool isPaused, FakeWorkers all, int number)
    {
        (_run, _all, ProcessId, WasStartedPaused) = (run, all, number, isPaused);
        _working = Task.Run(WorkAsync);
    }

    public int ProcessId { get; }

    public bool WasStartedPaused { get; }

    /// <summary>Where the lab told it to train.</summary>
    public string? Device { get; init; }

    public RunFolder Run => _run;

    public bool IsKilled => _isKilled;

    public bool HasExited => _working.IsCompleted;

    public bool FoundRunTaken { get; private set; }

    public string Ending => "It was killed (signal 9), as the system does when memory runs out. Its last words: allocating";

    /// <summary>Dies at once, without a word.</summary>
    public void Kill() => _isKilled = true;

    /// <summary>Waits until it has left.</summary>
    public Task LeftAsync() => _working;

    public void Dispose()
    {
    }

    private async Task WorkAsync()
    {
        using var held = await TrainingHost.AcquireAsync(_run, TimeProvider.System, CancellationToken.None);
        if (held is null)
        {
            FoundRunTaken = true;
            return;
        }

        if (TrainingHost.HasEnded(_run)) return;
        using var control = new RunControl();
        if (WasStartedPaused) control.Pause();
        await using var link = new WorkerLinkServer(_run, control, TimeProvider.System);
        using var events = new RunEventWriter(_run);
        Work(control, events);
    }

    private void Work(RunControl control, RunEventWriter events)
    {
        var steps = RunExtension.StepsOf(_run, RunSpec.Parse(File.ReadAllText(_run.SpecPath), "run.json"));
        var step = GoBackToCheckpoint(events);
        Say(RunStatus.Running);
        while (step < steps)
        {
            if (control.IsPaused && control.Ending is null)
            {
                Say(RunStatus.Paused);
                while (!control.WaitWhilePaused(TimeSpan.FromMilliseconds(2)))
                    if (_isKilled) return;
                if (control.Ending is null) Say(RunStatus.Running);
            }

            if (!_all.Pass(this, step + 1, control)) return;
            if (control.Ending is { } ending)
            {
                if (control.SavesAtEnd) Save();
                Say(ending);
                return;
            }

            step++;
            events.Append(TestRuns.Step(step));
            if (step % _all.CheckpointInterval == 0 || control.TakeSaveRequest()) Save();
        }

        Save();
        Say(RunStatus.Completed);

        void Say(RunStatus status) => events.Append(new StatusEvent { Time = DateTimeOffset.UtcNow, Status = status, Step = step });

        void Save()
        {
            events.Append(TestRuns.Checkpoint(step));
            Directory.CreateDirectory(_run.CheckpointPath(step));
            File.WriteAllText(Path.Combine(_run.CheckpointPath(step), "position"), events.Position.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private int GoBackToCheckpoint(RunEventWriter events)
    {
        if (!Directory.Exists(_run.CheckpointsPath)) return 0;
        var step = Directory.EnumerateDirectories(_run.CheckpointsPath).Select(path => RunFolder.CheckpointStep(Path.GetFileName(path))).OfType<int>().Max();
        events.Truncate(long.Parse(File.ReadAllText(Path.Combine(_run.CheckpointPath(step), "position")), System.Globalization.CultureInfo.InvariantCulture));
        return step;
    }
}
