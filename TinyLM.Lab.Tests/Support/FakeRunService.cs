using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Runs that a test puts there by hand; commands change their status at once and are noted.</summary>
public sealed class FakeRunService : IRunService, IRunQueueService
{
    private readonly Dictionary<string, (FakeRunFeed Feed, RunSpec Spec)> _runs = [];
    private readonly List<string> _order = [];
    private readonly List<string> _deleted = [];
    private List<string> _queue = [];
    private bool _isQueuePaused;

    /// <summary>Every command, as "verb id".</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Specs that were started.</summary>
    public List<RunSpec> Started { get; } = [];

    /// <summary>Thrown by every command, if set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Adds a run; the last one added is the newest.</summary>
    public FakeRunFeed Add(RunSummary summary, RunSpec? spec = null)
    {
        var feed = new FakeRunFeed(summary);
        _runs[summary.Id] = (feed, spec ?? RunPresets.Quick.Spec);
        _order.Insert(0, summary.Id);
        return feed;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunSummary> List() => [.. _order.Select(id => _runs[id].Feed.Summary)];

    /// <inheritdoc/>
    public RunSummary? Find(string runId) => _runs.TryGetValue(runId, out var run) ? run.Feed.Summary : null;

    /// <inheritdoc/>
    public RunSpec GetSpec(string runId) => _runs[runId].Spec;

    /// <summary>What was expected of runs, by their ids.</summary>
    public Dictionary<string, RunEstimate> Estimates { get; } = [];

    /// <inheritdoc/>
    public RunEstimate? GetEstimate(string runId) => Estimates.GetValueOrDefault(runId);

    /// <inheritdoc/>
    public IRunFeed? OpenFeed(string runId) => _runs.TryGetValue(runId, out var run) ? run.Feed : null;

    /// <inheritdoc/>
    public Task<RunSummary> StartAsync(RunSpec spec, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) throw Refusal;
        Started.Add(spec);
        var summary = TestRuns.Summary($"run-{Started.Count}", RunStatus.Queued) with { Name = spec.Name, Group = spec.Group };
        Add(summary, spec);
        return Task.FromResult(summary);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunSummary>> StartAllAsync(IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken = default)
    {
        var started = new List<RunSummary>();
        foreach (var spec in specs) started.Add(await StartAsync(spec, cancellationToken));
        return started;
    }

    /// <inheritdoc/>
    public Task PauseAsync(string runId, CancellationToken cancellationToken = default) => Do("pause", runId, RunStatus.Paused);

    /// <inheritdoc/>
    public Task ResumeAsync(string runId, CancellationToken cancellationToken = default) => Do("resume", runId, RunStatus.Running);

    /// <inheritdoc/>
    public Task StopAsync(string runId, CancellationToken cancellationToken = default) => Do("stop", runId, RunStatus.Stopped);

    /// <inheritdoc/>
    public Task DiscardAsync(string runId, CancellationToken cancellationToken = default) => Do("discard", runId, RunStatus.Stopped);

    /// <inheritdoc/>
    public Task ExtendAsync(string runId, int steps, CancellationToken cancellationToken = default)
    {
        _runs[runId].Feed.Become(run => run with { Steps = steps });
        return Do("extend", runId, RunStatus.Queued);
    }

    /// <inheritdoc/>
    public Task GoBackAsync(string runId, int step, double learningRateFactor, CancellationToken cancellationToken = default) =>
        Do(FormattableString.Invariant($"back to {step} at {learningRateFactor}"), runId, RunStatus.Queued);

    /// <inheritdoc/>
    public Task SaveAsync(string runId, CancellationToken cancellationToken = default) => Do("save", runId, null);

    /// <inheritdoc/>
    public Task ChangeNotesAsync(string runId, Func<RunNotes, RunNotes> change, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) throw Refusal;
        _runs[runId].Feed.Become(run =>
        {
            var notes = change(new RunNotes { Notes = run.Notes, Tags = run.Tags, Star = run.IsStarred, Archived = run.IsArchived, Color = run.Color });
            return run with { Name = notes.Name ?? run.Name, Notes = notes.Notes, Tags = notes.Tags ?? RunTags.None, IsStarred = notes.Star, IsArchived = notes.Archived, Color = notes.Color };
        });
        return Do("notes", runId, null);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string runId, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) throw Refusal;
        _order.Remove(runId);
        _deleted.Insert(0, runId);
        return Do("delete", runId, null);
    }

    /// <inheritdoc/>
    public IReadOnlyList<DeletedRun> ListDeleted() =>
        [.. _deleted.Select(id => new DeletedRun(id, _runs[id].Feed.Summary.Name, TestRuns.Start, TestRuns.Start.AddDays(30), 4_200_000))];

    /// <inheritdoc/>
    public Task RestoreAsync(string runId, CancellationToken cancellationToken = default)
    {
        if (_deleted.Remove(runId)) _order.Insert(0, runId);
        return Do("restore", runId, null);
    }

    /// <inheritdoc/>
    public Task EraseAsync(string runId, CancellationToken cancellationToken = default)
    {
        _deleted.Remove(runId);
        return Do("erase", runId, null);
    }

    /// <inheritdoc/>
    public RunQueueState State => new(_isQueuePaused, [.. _queue.Concat(List().Where(run => run.Status == RunStatus.Queued).Select(run => run.Id).Reverse()).Distinct().Select(id => Find(id)!).Where(run => run.Status == RunStatus.Queued)]);

    /// <inheritdoc/>
    public Task PauseAsync(bool isPaused, CancellationToken cancellationToken = default)
    {
        _isQueuePaused = isPaused;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task MoveAsync(string runId, int place, CancellationToken cancellationToken = default)
    {
        var ids = State.Runs.Select(run => run.Id).Where(id => id != runId).ToList();
        ids.Insert(place, runId);
        _queue = ids;
        return Task.CompletedTask;
    }

    private Task Do(string verb, string runId, RunStatus? status)
    {
        if (Refusal is not null) throw Refusal;
        Commands.Add($"{verb} {runId}");
        if (status is { } next) _runs[runId].Feed.Become(run => run with { Status = next });
        return Task.CompletedTask;
    }
}
