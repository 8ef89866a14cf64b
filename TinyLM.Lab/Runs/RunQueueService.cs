using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>The queue for pages and the HTTP API.</summary>
internal sealed class RunQueueService(RunCatalog catalog, RunQueue queue, TrainingService training) : IRunQueueService
{
    /// <inheritdoc/>
    public RunQueueState State => new(queue.IsPaused, Waiting());

    /// <inheritdoc/>
    public Task PauseAsync(bool isPaused, CancellationToken cancellationToken = default)
    {
        queue.Pause(isPaused);
        training.Hurry();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MoveAsync(string runId, int place, CancellationToken cancellationToken = default)
    {
        var ids = Waiting().Select(run => run.Id).ToList();
        if (!ids.Remove(runId)) return Task.CompletedTask; // it began in between
        ids.Insert(Math.Clamp(place, 0, ids.Count), runId);
        queue.Arrange(ids);
        return Task.CompletedTask;
    }

    private List<RunSummary> Waiting() =>
    [
        .. from run in catalog.List()
           where run.Status == RunStatus.Queued
           orderby queue.PlaceOf(run.Id), catalog.Feed(run.Id)?.Standing.Since, run.Id
           select run,
    ];
}
