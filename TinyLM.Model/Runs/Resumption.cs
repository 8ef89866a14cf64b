using TinyLM.Model.Checkpoints;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>Finds what a run goes on from, and puts in order what a worker left that was killed.</summary>
/// <param name="run">The run; the caller holds its lock.</param>
/// <param name="events">Its events.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class Resumption(RunFolder run, RunEventWriter events, TimeProvider clock)
{
    private static readonly string[] s_unfinished = [DurableFolder.UnfinishedSuffix, DurableFolder.RemovedSuffix, Checkpoint.StagedSuffix];

    private readonly List<string> _warnings = [];

    /// <summary>
    /// Reads the newest good checkpoint and takes back the events after it, so that each step stands once; without a checkpoint
    /// all of them. Damaged checkpoints are put aside, with a warning.
    /// </summary>
    /// <returns>The checkpoint; null where there is none.</returns>
    public Checkpoint? GoBack()
    {
        Tidy();
        var checkpoint = NewestGood();
        if (checkpoint?.State is { } state && state.EventsPosition > events.Position)
            _warnings.Add($"events.jsonl was cut off: it ends {state.EventsPosition - events.Position} bytes before the checkpoint of step {state.Step}, so some of its curves are lost. The weights are whole.");
        events.Truncate(Math.Min(checkpoint?.State.EventsPosition ?? 0, events.Position));
        if (checkpoint is not null) events.Append(RunLoop.CheckpointAt(checkpoint.State.Step, clock));
        foreach (var warning in _warnings) events.Append(new WarningEvent { Time = clock.GetUtcNow(), Message = warning });
        return checkpoint;
    }

    /// <summary>Finishes or removes folders that a killed worker was still putting in place or taking away.</summary>
    private void Tidy()
    {
        if (!Directory.Exists(run.CheckpointsPath)) return;
        foreach (var folder in Directory.EnumerateDirectories(run.CheckpointsPath).Order(StringComparer.Ordinal).ToList())
        {
            if (IsWholeAndMissing(folder, out var place)) run.Files.MoveDirectory(folder, place);
            else if (s_unfinished.Any(suffix => folder.EndsWith(suffix, StringComparison.Ordinal))) run.Files.DeleteDirectory(folder);
        }
        run.Files.FlushDirectory(run.CheckpointsPath);
    }

    /// <summary>Whether a staged folder is a whole checkpoint whose place is empty: the worker was killed between two renames.</summary>
    private static bool IsWholeAndMissing(string folder, out string place)
    {
        place = folder.EndsWith(Checkpoint.StagedSuffix, StringComparison.Ordinal) ? folder[..^Checkpoint.StagedSuffix.Length] : folder;
        if (place == folder || Directory.Exists(place)) return false;
        try
        {
            CheckpointStore.Verify(folder);
            return true;
        }
        catch (CheckpointException)
        {
            return false; // it never became a checkpoint
        }
    }

    private Checkpoint? NewestGood()
    {
        foreach (var step in CheckpointStore.ListSteps(run).Reverse())
        {
            try
            {
                CheckpointStore.Verify(run.CheckpointPath(step));
                return Checkpoint.Read(run.CheckpointPath(step));
            }
            catch (CheckpointException e)
            {
                _warnings.Add($"The checkpoint of step {step} is damaged and was put aside; the run goes on from an earlier one. {e.Message}");
                PutAside(run.CheckpointPath(step));
            }
        }
        return null;
    }

    private void PutAside(string folder)
    {
        var aside = folder + ".damaged";
        if (Directory.Exists(aside)) run.Files.DeleteDirectory(aside);
        run.Files.MoveDirectory(folder, aside);
    }
}
