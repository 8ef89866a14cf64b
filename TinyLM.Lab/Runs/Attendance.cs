using TinyLM.Lab.Runs.Workers;

namespace TinyLM.Lab.Runs;

/// <summary>What the lab remembers of a run that it looks after. Guarded by the training service's gate.</summary>
/// <param name="run">The run.</param>
internal sealed class Attendance(StoredRun run)
{
    /// <summary>Deaths without progress after which a run has failed.</summary>
    public const int DeathLimit = 3;

    private int _deaths;
    private int _checkpointStep = -1;

    /// <summary>The run.</summary>
    public StoredRun Run => run;

    /// <summary>The worker, where this lab started it.</summary>
    public IWorker? Worker { get; set; }

    /// <summary>The device that this lab gave the worker; null where the run asked for a certain one.</summary>
    public string? Device { get; set; }

    /// <summary>Whether a worker that this lab did not start, or not in this life, holds the run.</summary>
    public bool IsHeldByOther { get; set; }

    /// <summary>Whether somebody works on the run as far as is known.</summary>
    public bool HasWorker => Worker is not null || IsHeldByOther;

    /// <summary>Whether the worker died and another has to go on, before any that waits in the queue.</summary>
    public bool GoesOn { get; set; }

    /// <summary>What a person wants once the worker has left.</summary>
    public Wish Wish { get; set; }

    /// <summary>What went wrong last, so that the log tells it once.</summary>
    public string? Trouble { get; set; }

    /// <summary>Counts a death; one with a newer checkpoint than the last begins a new count.</summary>
    /// <returns>Whether another worker may try.</returns>
    public bool Survives(int checkpointStep)
    {
        if (checkpointStep > _checkpointStep) (_deaths, _checkpointStep) = (0, checkpointStep);
        return ++_deaths < DeathLimit;
    }

    /// <summary>A person asked to go on: the count begins anew.</summary>
    public void Forgive() => (_deaths, _checkpointStep) = (0, -1);
}

/// <summary>What a person wants of a run once its worker has left.</summary>
internal enum Wish
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>That it stays stopped, even when the worker died before it could say so.</summary>
    Stop,

    /// <summary>That it goes on, though it was just told to stop.</summary>
    GoOn,
}
