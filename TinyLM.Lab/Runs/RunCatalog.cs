using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>All runs of the data directory, whoever made them: ended ones from the index, living ones from their feeds. Thread-safe.</summary>
internal sealed class RunCatalog(RunStore store, RunIndex index, TimeProvider clock, ILogger<RunCatalog> logger)
{
    /// <summary>Between two looks at the folders: a run that somebody else makes shows within this time.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownRun> _runs = [];
    private long? _refreshedAt;

    /// <summary>All runs, newest first.</summary>
    public IReadOnlyList<RunSummary> List()
    {
        lock (_lock)
        {
            Refresh();
            return [.. _runs.Values.Select(run => run.Summary).OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>One run; null where there is none.</summary>
    public RunSummary? Find(string runId)
    {
        lock (_lock) return Known(runId)?.Summary;
    }

    /// <summary>The feed of a run; null where there is none.</summary>
    public RunFeed? Feed(string runId)
    {
        lock (_lock) return Known(runId)?.Feed();
    }

    /// <summary>What a run was asked and what people added; null where there is none.</summary>
    public StoredRun? Stored(string runId)
    {
        lock (_lock) return Known(runId)?.Stored;
    }

    /// <summary>The runs that have not ended.</summary>
    public IReadOnlyList<StoredRun> Living()
    {
        lock (_lock)
        {
            Refresh();
            return [.. _runs.Values.Where(run => run.Ended is null).Select(run => run.Stored)];
        }
    }

    /// <summary>Files of a run were just changed: look again at once.</summary>
    public void Touch(string runId)
    {
        lock (_lock)
        {
            if (Known(runId) is not { } run) return;
            run.Wake();
            Settle(run);
        }
    }

    /// <summary>A run is gone.</summary>
    public void Remove(string runId)
    {
        lock (_lock)
        {
            _runs.Remove(runId);
            index.Remove(runId);
        }
    }

    private KnownRun? Known(string runId)
    {
        Refresh();
        if (_runs.TryGetValue(runId, out var known)) return known;
        if (store.Find(runId) is not { } folder) return null;
        Settle(_runs[folder.Id] = Open(folder));
        return _runs[folder.Id];
    }

    private void Refresh()
    {
        if (_refreshedAt is { } last && clock.GetElapsedTime(last) < RefreshInterval) return;
        _refreshedAt = clock.GetTimestamp();
        try
        {
            var folders = store.List().ToDictionary(folder => folder.Id);
            foreach (var gone in _runs.Keys.Where(id => !folders.ContainsKey(id)).ToList()) Remove(gone);
            var changed = new List<KnownRun>();
            foreach (var folder in folders.Values)
            {
                if (!_runs.TryGetValue(folder.Id, out var run)) _runs[folder.Id] = run = Open(folder);
                else if (run.Ended is not null && run.Fingerprint != RunFingerprint.Of(folder)) run.Wake();
                if (run.Ended is null) changed.Add(run);
            }

            Settle([.. changed]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "The folder of runs cannot be read just now; what was known stays.");
        }
    }

    private KnownRun Open(RunFolder folder)
    {
        var run = new KnownRun(folder, clock) { Fingerprint = RunFingerprint.Of(folder) };
        if (index.Find(folder.Id, run.Fingerprint) is { } summary) run.Rest(summary);
        else run.Wake();
        return run;
    }

    /// <summary>Lets runs rest that have ended, and keeps their summaries in the index.</summary>
    private void Settle(params IReadOnlyList<KnownRun> runs)
    {
        // Many at once only when the index was lost: then their events are read on all cores, one run in memory a core.
        var ended = runs.Count > 8 ? runs.AsParallel().Select(Settle).ToList() : [.. runs.Select(Settle)];
        index.Put([.. ended.OfType<(RunSummary, RunFingerprint)>()]);
    }

    private static (RunSummary, RunFingerprint)? Settle(KnownRun run)
    {
        if (run.Ended is not null) return null;
        var fingerprint = RunFingerprint.Of(run.Folder);
        if (run.Summary is not { Status: var status } summary || !status.IsTerminal()) return null;
        run.Fingerprint = fingerprint;
        run.Rest(summary);
        return (summary, fingerprint);
    }
}
