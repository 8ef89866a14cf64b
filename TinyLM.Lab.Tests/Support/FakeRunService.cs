using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Runs that a test puts there by hand; commands change their status at once and are noted.</summary>
public sealed class FakeRunService : IRunService
{
    private readonly Dictionary<string, (FakeRunFeed Feed, RunSpec Spec)> _runs = [];
    private readonly List<string> _order = [];

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

    /// <inheritdoc/>
    public IRunFeed? OpenFeed(string runId) => _runs.TryGetValue(runId, out var run) ? run.Feed : null;

    /// <inheritdoc/>
    public Task<RunSummary> StartAsync(RunSpec spec, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) throw Refusal;
        Started.Add(spec);
        var summary = TestRuns.Summary($"run-{Started.Count}", RunStatus.Queued) with { Name = spec.Name };
        Add(summary, spec);
        return Task.FromResult(summary);
    }

    /// <inheritdoc/>
    public Task PauseAsync(string runId, CancellationToken cancellationToken = default) => Do("pause", runId, RunStatus.Paused);

    /// <inheritdoc/>
    public Task ResumeAsync(string runId, CancellationToken cancellationToken = default) => Do("resume", runId, RunStatus.Running);

    /// <inheritdoc/>
    public Task StopAsync(string runId, CancellationToken cancellationToken = default) => Do("stop", runId, RunStatus.Stopped);

    /// <inheritdoc/>
    public Task SaveAsync(string runId, CancellationToken cancellationToken = default) => Do("save", runId, null);

    /// <inheritdoc/>
    public Task RenameAsync(string runId, string name, CancellationToken cancellationToken = default)
    {
        _runs[runId].Feed.Become(run => run with { Name = name });
        return Do("rename", runId, null);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string runId, CancellationToken cancellationToken = default)
    {
        _order.Remove(runId);
        return Do("delete", runId, null);
    }

    private Task Do(string verb, string runId, RunStatus? status)
    {
        if (Refusal is not null) throw Refusal;
        Commands.Add($"{verb} {runId}");
        if (status is { } next) _runs[runId].Feed.Become(run => run with { Status = next });
        return Task.CompletedTask;
    }
}
