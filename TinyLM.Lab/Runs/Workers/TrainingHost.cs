using System.Runtime.InteropServices;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs.Export;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>Trains one run in this process: listens to its pipe and to the system's signals, and gives the training a thread of its own.</summary>
/// <param name="run">The run.</param>
/// <param name="directory">Where its corpus, tokenizers and datasets lie.</param>
/// <param name="held">The run's lock.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="log">For people who look for causes: stack traces too.</param>
internal sealed class TrainingHost(RunFolder run, LabDirectory directory, RunLock held, TimeProvider clock, TextWriter log)
{
    /// <summary>How long a worker waits for the run's lock: somebody may just be looking whether it is held.</summary>
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(3);

    /// <summary>Called on the first signal that asks to leave, and on each further one.</summary>
    public Action<int> OnSignal { get; init; } = _ => { };

    /// <summary>Takes the lock of a run; null where another process works on it.</summary>
    /// <exception cref="IOException">The folder is gone or cannot be written.</exception>
    public static async Task<RunLock?> AcquireAsync(RunFolder run, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            if (RunLock.TryAcquire(run) is { } held) return held;
            if (clock.GetElapsedTime(start) > s_lockPatience) return null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    /// <summary>Whether the run has ended by now: somebody stopped it while its worker was starting and could not be told.</summary>
    /// <exception cref="IOException">The events cannot be read.</exception>
    public static bool HasEnded(RunFolder run)
    {
        var reader = new RunEventReader(run);
        RunStatus? status = null;
        while (reader.Read() is { Count: > 0 } events)
            if (events.OfType<StatusEvent>().LastOrDefault() is { } last) status = last.Status;
        return status?.IsTerminal() == true;
    }

    /// <summary>Trains until the run ends or is to end.</summary>
    /// <param name="isPaused">Whether to wait at once.</param>
    /// <param name="device">Where to train in place of the device that the run asks for, if any.</param>
    /// <returns>Where the run stands; null where it could not even be written down: the log says why.</returns>
    public async Task<RunStatus?> TrainAsync(bool isPaused, string? device = null)
    {
        using var control = new RunControl();
        if (isPaused) control.Pause();
        var signals = 0;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Leave);
        await using var link = Listen(control);

        var ended = new TaskCompletionSource<RunStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var trainer = new Thread(() => ended.SetResult(Train(control, device))) { Name = "Trainer" };
        trainer.Start();
        using var training = new CancellationTokenSource();
        var mirror = MirrorAsync(training.Token);
        var status = await ended.Task;
        trainer.Join(); // a process that leaves while a thread is inside libtorch crashes
        await training.CancelAsync();
        await mirror;
        return status;

        void Leave(PosixSignalContext signal)
        {
            signal.Cancel = true;
            OnSignal(Interlocked.Increment(ref signals));
            control.Interrupt();
        }
    }

    /// <summary>Writes TensorBoard's files along, where the run was asked for them; what goes wrong there is no reason to end the run.</summary>
    private async Task MirrorAsync(CancellationToken ended)
    {
        try
        {
            if (RunStore.Read(run).Spec.TensorBoard) await new TensorBoardMirror(run, clock).FollowAsync(ended);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.WriteLine($"TensorBoard's files are not written on: {e.Message}");
        }
    }

    private WorkerLinkServer? Listen(RunControl control)
    {
        try
        {
            return new WorkerLinkServer(run, control, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            log.WriteLine($"The run cannot be told anything from the lab: {e.Message}");
            return null;
        }
    }

    private RunStatus? Train(RunControl control, string? device)
    {
        try
        {
            var stored = RunStore.Read(run);
            if (stored.Problem is not null) return Fail(stored.Problem);
            var corpus = stored.Spec.Data.Tokens is null ? Open(stored.Spec.Data) : null;
            return corpus is null && stored.Spec.Data.Tokens is null
                ? RunStatus.Failed
                : new RunWorker(run, corpus, directory.TokenizersPath, directory.DatasetsPath, FindModel, clock) { Device = device }.Run(control, held);
        }
        catch (Exception e)
        {
            log.WriteLine(e);
            log.WriteLine($"The worker cannot go on: {e.Message}");
            return null;
        }
    }

    private string FindModel(string name)
    {
        try
        {
            return ModelReference.TryParse(name, out var model)
                ? new CheckpointShelf(directory).Find(model)
                : throw new CheckpointException($"'{name}' names no model; expected run/<id>, run/<id>@<step> or model/<id>.");
        }
        catch (ModelUnavailableException e)
        {
            throw new CheckpointException(e.Message, e);
        }
    }

    private ICorpus? Open(DataSpec data)
    {
        try
        {
            return CorpusSource.Open(directory, data);
        }
        catch (CorpusFormatException e)
        {
            Fail(e.Message);
            return null;
        }
    }

    private RunStatus Fail(string reason)
    {
        log.WriteLine(reason);
        using var events = new RunEventWriter(run);
        events.Append(new StatusEvent { Time = clock.GetUtcNow(), Status = RunStatus.Failed, Reason = reason });
        events.Flush();
        return RunStatus.Failed;
    }
}
