using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>What a worker does while the disk is full: it says so in the run's events, waits, and then does what it was about to do.</summary>
/// <remarks>A full disk takes no words either, so some room is kept in a file, the reserve, and given up for them. For one thread.</remarks>
/// <param name="run">The run.</param>
/// <param name="events">Receives the words.</param>
/// <param name="control">Ends the waiting.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class FullDiskWait(RunFolder run, RunEventWriter events, RunControl control, TimeProvider clock) : IDisposable
{
    /// <summary>Room for some hundred events, in whole blocks of every usual file system.</summary>
    private const int ReserveBytes = 1 << 16;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private TimeSpan _waited;

    /// <summary>Where the run stands when it does not wait for room.</summary>
    public RunStatus Present { get; set; } = RunStatus.Preparing;

    /// <summary>Keeps some room, if there is any.</summary>
    public void KeepReserve()
    {
        if (new FileInfo(run.ReservePath) is { Exists: true, Length: ReserveBytes }) return;
        try
        {
            using var file = run.Files.Open(run.ReservePath, FileMode.Create);
            file.Write(new byte[ReserveBytes]);
        }
        catch (IOException e) when (FullDisk.Is(e))
        {
            // There is no room to keep; what part of it was written is given up like the whole.
        }
    }

    /// <summary>Gives up the room that was kept.</summary>
    public void Dispose() => run.Files.DeleteFile(run.ReservePath);

    /// <summary>Time waited since the last call.</summary>
    public TimeSpan TakeWaited()
    {
        var waited = _waited;
        _waited = TimeSpan.Zero;
        return waited;
    }

    /// <summary>Writes something, however long the disk is full before that.</summary>
    /// <param name="write">Leaves nothing behind when it fails.</param>
    /// <param name="step">Steps done.</param>
    /// <exception cref="IOException">The run is to end and the disk is full, or the disk refuses for another reason.</exception>
    public void Write(Action write, int step)
    {
        if (IsWritten(write)) return;
        var since = clock.GetTimestamp();
        var isTold = false;
        do
        {
            isTold = isTold || Tell(step);
            control.Leaving.WaitHandle.WaitOne(s_interval);
        }
        while (!IsWritten(write));

        KeepReserve();
        while (isTold && !IsWritten(() => events.Append(new StatusEvent { Time = clock.GetUtcNow(), Status = Present, Step = step }))) control.Leaving.WaitHandle.WaitOne(s_interval);
        _waited += clock.GetElapsedTime(since);
    }

    private bool IsWritten(Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (IOException e) when (FullDisk.Is(e) && control.Ending is null)
        {
            return false;
        }
    }

    private bool Tell(int step)
    {
        Dispose();
        return IsWritten(() =>
        {
            events.Append(new StatusEvent
            {
                Time = clock.GetUtcNow(),
                Status = RunStatus.Paused,
                Step = step,
                WaitsForSpace = true,
                Reason = $"The disk is full, so nothing can be saved and the run waits at step {step}. The last checkpoint is kept. Free some space: the run then goes on by itself.",
            });
            events.Flush();
        });
    }
}
