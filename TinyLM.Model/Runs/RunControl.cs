namespace TinyLM.Model.Runs;

/// <summary>What others ask of a run while a worker trains it. Thread-safe; every request may come twice.</summary>
public sealed class RunControl : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _mayGoOn = new(initialState: true);
    private readonly CancellationTokenSource _leaving = new();
    private RunStatus? _ending;
    private bool _saveRequested;
    private bool _savesAtEnd = true;

    /// <summary>Cancelled as soon as the run is to end, so that preparation and sampling stop too.</summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary><see cref="RunStatus.Stopped"/> or <see cref="RunStatus.Interrupted"/> once the run is to end; else null. The first request counts.</summary>
    public RunStatus? Ending
    {
        get
        {
            lock (_lock) return _ending;
        }
    }

    /// <summary>Whether the run is to wait after the present step.</summary>
    public bool IsPaused => !_mayGoOn.IsSet;

    /// <summary>Ends the run after the present step, with a checkpoint: a person's word.</summary>
    public void Stop() => End(RunStatus.Stopped);

    /// <summary>Ends the run after the present step, without a checkpoint: a person's word.</summary>
    public void Discard()
    {
        lock (_lock) _savesAtEnd = _ending is not null && _savesAtEnd;
        End(RunStatus.Stopped);
    }

    /// <summary>Whether the end of the run is worth a checkpoint.</summary>
    public bool SavesAtEnd
    {
        get
        {
            lock (_lock) return _savesAtEnd;
        }
    }

    /// <summary>Ends the worker after the present step, with a checkpoint; the lab carries on at its next start: the system's word.</summary>
    public void Interrupt() => End(RunStatus.Interrupted);

    /// <summary>Makes the run wait after the present step.</summary>
    public void Pause()
    {
        lock (_lock)
            if (_ending is null) _mayGoOn.Reset();
    }

    /// <summary>Lets a waiting run go on.</summary>
    public void Resume() => _mayGoOn.Set();

    /// <summary>Asks for a checkpoint after the present step.</summary>
    public void Save()
    {
        lock (_lock) _saveRequested = true;
    }

    /// <summary>Whether a checkpoint was asked for since the last call.</summary>
    public bool TakeSaveRequest()
    {
        lock (_lock)
        {
            var requested = _saveRequested;
            _saveRequested = false;
            return requested;
        }
    }

    /// <summary>Blocks while the run is paused, at most so long; ends at once when the run is to end.</summary>
    /// <returns>Whether the run may go on.</returns>
    public bool WaitWhilePaused(TimeSpan timeout) => _mayGoOn.Wait(timeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        _mayGoOn.Dispose();
        _leaving.Dispose();
    }

    private void End(RunStatus ending)
    {
        lock (_lock) _ending ??= ending;
        _mayGoOn.Set();
        _leaving.Cancel();
    }
}
