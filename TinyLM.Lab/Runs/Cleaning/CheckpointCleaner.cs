using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Cleaning;

/// <summary>Cleans up through the training service, so that nobody works on a run meanwhile.</summary>
internal sealed class CheckpointCleaner(RunCatalog catalog, TrainingService training, CheckpointPolicyStore store) : ICheckpointCleaner
{
    /// <inheritdoc/>
    public CheckpointPolicy Policy => store.Policy;

    /// <inheritdoc/>
    public Task SetPolicyAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default) => Task.Run(() => store.Set(policy), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunCleaning>> PreviewAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default) => Task.Run<IReadOnlyList<RunCleaning>>(
        () => [.. catalog.List().AsParallel().WithCancellation(cancellationToken).Select(run => Preview(policy, run)).OfType<RunCleaning>().OrderByDescending(cleaning => cleaning.Bytes)],
        cancellationToken);

    /// <inheritdoc/>
    public async Task<long> CleanAsync(IReadOnlyList<RunCleaning> cleanings, CancellationToken cancellationToken = default)
    {
        var free = 0L;
        foreach (var cleaning in cleanings)
        {
            if (catalog.Stored(cleaning.RunId) is not { } run) continue; // deleted in between
            if (!await training.RemoveCheckpointsAsync(run, cleaning.Removed, cancellationToken)) continue; // resumed in between
            free += cleaning.Bytes;
        }

        return free;
    }

    private RunCleaning? Preview(CheckpointPolicy policy, RunSummary run)
    {
        if (!run.Status.IsTerminal() || catalog.Stored(run.Id) is not { } stored) return null;
        var steps = CheckpointStore.ListSteps(stored.Folder);
        if (steps.Count < 2) return null;
        IReadOnlyList<(int, double)> losses = policy.KeepBest ? LossesOf(catalog.Feed(run.Id)) : [];
        var removed = policy.Removed(steps, losses);
        return removed.Count == 0 ? null : new RunCleaning(run.Id, run.Name, removed, [.. steps.Except(removed)], removed.Sum(step => RunStore.DiskBytes(new RunFolder(stored.Folder.CheckpointPath(step)))));
    }

    /// <summary>The validation losses of a run, in order.</summary>
    internal static IReadOnlyList<(int Step, double Loss)> LossesOf(RunFeed? feed) => feed is null ? [] : [.. feed.Read(default).Evaluations.Select(evaluation => (evaluation.Step, evaluation.Loss))];
}
