using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>Writes where runs stand that nobody works on: the lab's own words in <c>events.jsonl</c>.</summary>
internal sealed class StatusJournal(RunCatalog catalog, TimeProvider clock)
{
    /// <summary>Appends a status, on the disk when this returns, as whoever holds the run's lock may.</summary>
    /// <exception cref="InvalidOperationException">Somebody works on the run.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(StoredRun run, RunStatus status, string? reason)
    {
        using (var held = RunLock.TryAcquire(run.Folder) ?? throw new InvalidOperationException($"Another program works on the run '{run.Name}'. Try again in a moment."))
        using (var events = new RunEventWriter(run.Folder))
        {
            events.Append(new StatusEvent { Time = clock.GetUtcNow(), Status = status, Step = catalog.Find(run.Folder.Id)?.Step ?? 0, Reason = reason });
            events.Flush();
        }

        catalog.Touch(run.Folder.Id);
    }
}
