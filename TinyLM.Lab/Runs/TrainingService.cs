using TinyLM.Lab.Hosting;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs;

/// <summary>Looks after the runs that have not ended: starts a worker for the next in the queue, one a device, and another where one died.</summary>
/// <remarks>
/// The run folders say all that matters, so a lab that starts finds its way: a held lock is a living worker, a run without one
/// whose last word is not its end goes on from its last good checkpoint. Workers outlive the service.
/// </remarks>
internal sealed class TrainingService(
    RunCatalog catalog, RunTrash trash, RunQueue queue, StatusJournal journal, CheckpointPolicyStore checkpoints, IWorkerLauncher launcher, IDeviceCatalog devices, IHostApplicationLifetime lifetime, ILogger<TrainingService> logger)
    : BackgroundService
{
    /// <summary>Ending of the folders of checkpoints that a run was taken back from.</summary>
    private const string AbandonedSuffix = ".abandoned";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, Attendance> _attended = [];
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SemaphoreSlim _wake = new(0);
    private bool _hasLookedAround;

    /// <summary>Looks after the runs until the lab stops; workers go on.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
            while (true)
            {
                try
                {
                    await LookAfterAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    logger.LogError(e, "The lab cannot look after its runs just now; it tries again.");
                }

                await _wake.WaitAsync(s_interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The lab stops.
        }
    }

    /// <summary>Looks at every run once and does what is due.</summary>
    public Task LookAfterAsync(CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        if (!_hasLookedAround) LookAround();
        var living = catalog.Living();
        foreach (var run in living) Guarded(run, () => Look(run));
        foreach (var run in InOrder(living).ToList()) Guarded(run, () => StartIfFree(run));
        foreach (var attendance in _attended.Values.Where(one => living.All(run => run.Folder.Id != one.Run.Folder.Id)).ToList())
            Guarded(attendance.Run, () => SeeOff(attendance.Run));
        return true;
    }, cancellationToken);

    /// <summary>Looks at the queue at once.</summary>
    public void Hurry() => _wake.Release();

    /// <summary>Takes a run out of the queue, or notes that it shall stay stopped.</summary>
    /// <returns>Whether a worker has to be told.</returns>
    public Task<bool> StopAsync(StoredRun run, CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        var attendance = Look(run);
        if (attendance.HasWorker)
        {
            attendance.Wish = Wish.Stop;
            return true;
        }

        if (!StatusOf(run).IsTerminal()) journal.Append(run, RunStatus.Stopped, reason: null);
        (attendance.Wish, attendance.GoesOn) = (Wish.None, false);
        return false;
    }, cancellationToken);

    /// <summary>Puts an ended or interrupted run back into the queue.</summary>
    /// <returns>Whether a worker has to be told: the run may be paused.</returns>
    public Task<bool> ResumeAsync(StoredRun run, CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        var attendance = Look(run);
        if (attendance.HasWorker)
        {
            if (attendance.Wish == Wish.Stop || IsResumable(run)) attendance.Wish = Wish.GoOn;
            return !StatusOf(run).IsTerminal();
        }

        attendance.Forgive();
        if (IsResumable(run)) journal.Append(run, RunStatus.Queued, reason: null);
        Hurry();
        return false;
    }, cancellationToken);

    /// <summary>Whether somebody works on a run.</summary>
    public Task<bool> HasWorkerAsync(StoredRun run, CancellationToken cancellationToken) => InTurnAsync(() => Look(run).HasWorker, cancellationToken);

    /// <summary>Takes a run that nobody works on back to a checkpoint: later ones are put aside, and the learning rate becomes a part of what it was.</summary>
    /// <exception cref="InvalidOperationException">Somebody works on the run.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task GoBackAsync(StoredRun run, int step, double learningRateFactor, CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        if (Look(run).HasWorker) throw new InvalidOperationException($"Somebody works on the run '{run.Name}'. Stop it first, then take it back.");
        foreach (var later in CheckpointStore.ListSteps(run.Folder).Where(one => one > step))
        {
            var aside = run.Folder.CheckpointPath(later) + AbandonedSuffix;
            if (Directory.Exists(aside)) run.Folder.Files.DeleteDirectory(aside);
            run.Folder.Files.MoveDirectory(run.Folder.CheckpointPath(later), aside);
        }

        var extension = RunExtension.Read(run.Folder);
        (extension with { LearningRateFactor = extension.LearningRateFactor * learningRateFactor }).Write(run.Folder);
        return true;
    }, cancellationToken);

    /// <summary>Removes checkpoints of an ended run, but never the newest.</summary>
    /// <returns>Whether it was done: a run that somebody works on, or that is to go on, keeps all.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public Task<bool> RemoveCheckpointsAsync(StoredRun run, IReadOnlyList<int> steps, CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        if (Look(run).HasWorker || !StatusOf(run).IsTerminal()) return false;
        RemoveCheckpoints(run, steps);
        return true;
    }, cancellationToken);

    /// <summary>Moves a run that has ended into the trash.</summary>
    /// <exception cref="InvalidOperationException">The run has not ended, or somebody works on it.</exception>
    public Task DeleteAsync(StoredRun run, CancellationToken cancellationToken) => InTurnAsync(() =>
    {
        var attendance = Look(run);
        if (!StatusOf(run).IsTerminal()) throw new InvalidOperationException($"The run '{run.Name}' has not ended. Stop it first, then delete it.");
        if (attendance.HasWorker) throw new InvalidOperationException($"The worker of the run '{run.Name}' is just leaving. Try again in a moment.");
        _attended.Remove(run.Folder.Id);
        try
        {
            trash.Take(run);
        }
        finally
        {
            if (!Directory.Exists(run.Folder.Path)) catalog.Remove(run.Folder.Id);
        }

        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var attendance in _attended.Values) attendance.Worker?.Dispose();
    }

    /// <summary>The first look: what an interruption left waits no longer, and what was deleted long ago goes.</summary>
    private void LookAround()
    {
        _hasLookedAround = true;
        foreach (var run in catalog.Living().Where(run => StatusOf(run) == RunStatus.Interrupted))
            Guarded(run, () =>
            {
                if (!Look(run).HasWorker) journal.Append(run, RunStatus.Queued, "It was interrupted; the lab carries on.");
            });
        try
        {
            trash.RemoveOld();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "Files of runs that were deleted long ago cannot be removed.");
        }
    }

    private void RemoveCheckpoints(StoredRun run, IReadOnlyList<int> steps)
    {
        var newest = CheckpointStore.ListSteps(run.Folder) is [.., var last] ? last : 0;
        foreach (var step in steps.Where(step => step < newest && Directory.Exists(run.Folder.CheckpointPath(step)))) DurableFolder.Remove(run.Folder.CheckpointPath(step), run.Folder.Files);
        if (steps.Count > 0) catalog.Touch(run.Folder.Id);
    }

    private Attendance AttendanceOf(StoredRun run) =>
        _attended.TryGetValue(run.Folder.Id, out var attendance) ? attendance : _attended[run.Folder.Id] = new Attendance(run);

    /// <summary>Finds out whether somebody works on a run, and what that means when somebody no longer does.</summary>
    private Attendance Look(StoredRun run)
    {
        var attendance = AttendanceOf(run);
        if (attendance.Worker is { HasExited: false }) return attendance;

        var had = attendance.HasWorker && attendance.Worker is not { FoundRunTaken: true };
        var ending = attendance.Worker?.Ending;
        attendance.Worker?.Dispose();
        attendance.Worker = null;
        attendance.IsHeldByOther = RunLock.IsHeld(run.Folder);
        if (attendance.IsHeldByOther || (!had && !IsAtWork(run))) return attendance;

        catalog.Touch(run.Folder.Id); // read what it wrote last, now that nobody writes any more
        var isOrphan = IsAtWork(run) && !attendance.GoesOn;
        if (isOrphan && RunLock.IsHeld(run.Folder)) attendance.IsHeldByOther = true; // it began between the two looks
        else if (had || isOrphan) Left(run, attendance, ending);
        return attendance;
    }

    private bool IsResumable(StoredRun run) => run.Problem is null && catalog.Find(run.Folder.Id) switch
    {
        { Status: RunStatus.Stopped or RunStatus.Failed or RunStatus.Interrupted } => true,
        { Status: RunStatus.Completed } completed => completed.Step < completed.Steps, // it was extended
        _ => false,
    };

    private bool IsAtWork(StoredRun run) => StatusOf(run) is RunStatus.Preparing or RunStatus.Running or RunStatus.Paused;

    /// <summary>Forgets a run that has ended, once its worker has left.</summary>
    private void SeeOff(StoredRun run)
    {
        if (Directory.Exists(run.Folder.Path) && (Look(run).HasWorker || !StatusOf(run).IsTerminal())) return;
        _attended.Remove(run.Folder.Id);
        if (!checkpoints.Policy.Automatic || !Directory.Exists(run.Folder.Path)) return;
        RemoveCheckpoints(run, checkpoints.Policy.Removed(CheckpointStore.ListSteps(run.Folder), CheckpointCleaner.LossesOf(catalog.Feed(run.Folder.Id))));
    }

    /// <summary>A worker has left, or was found to have left: decides what becomes of the run.</summary>
    private void Left(StoredRun run, Attendance attendance, string? ending)
    {
        var wish = attendance.Wish;
        attendance.Wish = Wish.None;
        switch (StatusOf(run))
        {
            case RunStatus.Completed:
                break;
            case RunStatus.Stopped or RunStatus.Failed or RunStatus.Interrupted when wish == Wish.GoOn:
                journal.Append(run, RunStatus.Queued, reason: null);
                break;
            case RunStatus.Stopped or RunStatus.Failed:
                break;
            case RunStatus.Interrupted:
                if (wish == Wish.Stop) journal.Append(run, RunStatus.Stopped, reason: null);
                break;
            default:
                if (wish == Wish.Stop) journal.Append(run, RunStatus.Stopped, $"The worker left before it could write a checkpoint. {ending}".Trim());
                else Died(run, attendance, ending ?? "It did not say why.");
                break;
        }
    }

    private void Died(StoredRun run, Attendance attendance, string ending)
    {
        var checkpointStep = catalog.Feed(run.Folder.Id)?.Standing.CheckpointStep ?? 0;
        var from = checkpointStep > 0 ? $"the checkpoint of step {checkpointStep}" : "the start";
        if (attendance.Survives(checkpointStep))
        {
            logger.LogWarning("The worker of run {RunId} left without a word. {Ending} The run goes on from {From}.", run.Folder.Id, ending, from);
            attendance.GoesOn = true;
            return;
        }

        logger.LogError("The worker of run {RunId} left {Count} times without a word and without progress. {Ending}", run.Folder.Id, Attendance.DeathLimit, ending);
        journal.Append(run, RunStatus.Failed, $"The worker left {Attendance.DeathLimit} times without a word, each time before it had got further than {from}. The last time: {ending} The file worker.log in the run's folder has the details. Resume tries again.");
    }

    /// <summary>Those that wait for a worker: first those whose worker died, then the queue.</summary>
    private IEnumerable<StoredRun> InOrder(IReadOnlyList<StoredRun> living) =>
        from run in living
        let attendance = AttendanceOf(run)
        where !attendance.HasWorker && (attendance.GoesOn || !queue.IsPaused && StatusOf(run) == RunStatus.Queued)
        orderby attendance.GoesOn descending, queue.PlaceOf(run.Folder.Id), catalog.Feed(run.Folder.Id)?.Standing.Since, run.Folder.Id
        select run;

    private void StartIfFree(StoredRun run)
    {
        var attendance = AttendanceOf(run);
        string?[] taken = [.. _attended.Values.Where(other => other.HasWorker).Select(InUse)];
        if (!DeviceChoice.TryFind(run.Spec.Training.Device, [.. devices.Current?.Devices.Select(one => one.Id) ?? []], taken, out var device))
        {
            if (attendance.GoesOn) journal.Append(run, RunStatus.Queued, "Its worker left without a word; it waits for its device.");
            attendance.GoesOn = false;
            return;
        }

        var wasPaused = attendance.GoesOn && catalog.Find(run.Folder.Id) is { Status: RunStatus.Paused, WaitsForSpace: false };
        attendance.GoesOn = false;
        try
        {
            attendance.Device = device;
            attendance.Worker = launcher.Start(run.Folder, wasPaused, device);
            logger.LogInformation("Run {RunId} is trained by process {ProcessId}.", run.Folder.Id, attendance.Worker.ProcessId);
        }
        catch (InvalidOperationException e)
        {
            logger.LogError(e, "No worker can be started for run {RunId}.", run.Folder.Id);
            journal.Append(run, RunStatus.Failed, e.Message);
        }
    }

    /// <summary>The device that a worker uses; null where that is not known yet.</summary>
    private string? InUse(Attendance other) => other.Device ?? other.Run.Spec.Training.Device switch
    {
        "auto" or "cuda" => catalog.Feed(other.Run.Folder.Id)?.Standing.Device,
        var named => named,
    };

    private RunStatus StatusOf(StoredRun run) => catalog.Find(run.Folder.Id)?.Status ?? RunStatus.Completed;

    /// <summary>One sick folder must not hold up the others.</summary>
    private void Guarded(StoredRun run, Action action)
    {
        var attendance = AttendanceOf(run);
        try
        {
            action();
            attendance.Trouble = null;
        }
        catch (Exception e)
        {
            if (attendance.Trouble != e.Message) logger.LogError(e, "The lab cannot look after run {RunId} just now.", run.Folder.Id);
            attendance.Trouble = e.Message;
        }
    }

    private async Task<T> InTurnAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return action();
        }
        finally
        {
            _gate.Release();
        }
    }
}
