using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>Too little space for the checkpoints to come.</summary>
/// <param name="checkpointBytes">Bytes of a checkpoint, about.</param>
/// <param name="freeBytes">Asks the disk; null where it cannot be asked.</param>
internal sealed class DiskRule(long checkpointBytes, Func<long?> freeBytes) : IAlertRule
{
    /// <summary>Space that every disk should have left.</summary>
    internal const long Least = 500_000_000;

    /// <summary>Checkpoints that should still fit.</summary>
    internal const int Checkpoints = 3;

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <summary>Looks at the disk when a checkpoint was written or the run came to another state.</summary>
    public void Add(RunEvent happened)
    {
        if (happened is StatusEvent { Status: var status } && status.IsTerminal()) Current = null;
        else if (happened is CheckpointEvent or StatusEvent) Look(happened is CheckpointEvent checkpoint ? checkpoint.Step : 0);
    }

    private void Look(int step)
    {
        var needed = Math.Max(Least, Checkpoints * checkpointBytes);
        Current = freeBytes() is { } free && free < needed
            ? new RunAlert(
                AlertKind.DiskNearlyFull,
                step,
                FormattableString.Invariant($"The disk has {free / 1e6:N0} MB left; a checkpoint of this run takes {Math.Max(1, checkpointBytes / 1e6):N0} MB."),
                "Delete runs that are not needed and empty the page of deleted runs, or move the data directory to a larger disk. A run that cannot write keeps its earlier checkpoints.")
            : null;
    }
}
