using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Lab.Security;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>The lab's runs for pages and the HTTP API.</summary>
internal sealed class RunService(RunCatalog catalog, RunStore store, RunTrash trash, TrainingService training, [FromKeyedServices(Guarding.Inside)] ICorpusLibrary corpora, [FromKeyedServices(Guarding.Inside)] ITokenizerLibrary tokenizers, IDeviceCatalog devices, CheckpointShelf shelf, IRunEstimator estimator, TimeProvider clock) : IRunService
{
    /// <summary>How long a worker may take to answer; it answers between two steps as well as in one, but it may just be starting.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker may take to leave after its present step.</summary>
    private static readonly TimeSpan s_leaveTimeout = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public IReadOnlyList<RunSummary> List() => catalog.List();

    /// <inheritdoc/>
    public RunSummary? Find(string runId) => catalog.Find(runId);

    /// <inheritdoc/>
    /// <remarks>A damaged run has the default settings here; its summary tells that it is damaged.</remarks>
    public RunSpec GetSpec(string runId) => Stored(runId).Spec;

    /// <inheritdoc/>
    public RunEstimate? GetEstimate(string runId) => RunStore.ReadEstimate(Stored(runId).Folder);

    /// <inheritdoc/>
    public IRunFeed? OpenFeed(string runId) => catalog.Feed(runId);

    /// <inheritdoc/>
    public async Task<RunSummary> StartAsync(RunSpec spec, CancellationToken cancellationToken = default) => (await StartAllAsync([spec], cancellationToken))[0];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunSummary>> StartAllAsync(IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken = default)
    {
        var complete = await Task.Run(() => specs.Select(spec => StartModel.TakeShape(spec, shelf)).ToList(), cancellationToken); // a checkpoint's sums may be read
        var problems = complete.SelectMany(spec => spec.Validate().Concat(ProblemsHere(spec))).Distinct().ToList();
        if (problems.Count > 0) throw new InvalidSpecException(problems);

        var started = new List<RunSummary>();
        foreach (var spec in complete)
        {
            var run = store.Create(spec, estimator.Estimate(spec));
            catalog.Touch(run.Folder.Id);
            started.Add(catalog.Find(run.Folder.Id) ?? throw new IOException($"The folder of the new run, '{run.Folder.Path}', has disappeared."));
        }

        training.Hurry();
        return started;
    }

    /// <inheritdoc/>
    public async Task PauseAsync(string runId, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        if (await training.HasWorkerAsync(run, cancellationToken)) await SendAsync(run, WorkerCommand.Pause, cancellationToken);
        else if (Find(runId)?.Status == RunStatus.Queued) throw new InvalidOperationException($"The run '{run.Name}' waits in the queue; there is nothing to pause yet.");
    }

    /// <inheritdoc/>
    public async Task ResumeAsync(string runId, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        if (run.Problem is not null) throw new InvalidOperationException($"The run cannot go on: {run.Problem}");
        if (await training.ResumeAsync(run, cancellationToken)) await SendAsync(run, WorkerCommand.Resume, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(string runId, CancellationToken cancellationToken = default) => EndAsync(runId, WorkerCommand.Stop, cancellationToken);

    /// <inheritdoc/>
    public Task DiscardAsync(string runId, CancellationToken cancellationToken = default) => EndAsync(runId, WorkerCommand.Discard, cancellationToken);

    /// <inheritdoc/>
    public async Task ExtendAsync(string runId, int steps, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        if (run.Problem is not null) throw new InvalidOperationException($"The run cannot go on: {run.Problem}");
        var summary = Find(runId)!;
        if (!summary.Status.IsTerminal()) throw new InvalidOperationException($"The run '{run.Name}' has not ended. Stop it first, then extend it.");
        if (steps <= Math.Max(summary.Step, run.Spec.Training.Steps) || steps > RunExtension.MostSteps)
            throw new ArgumentException($"The run has done {summary.Step} of {summary.Steps} steps; it can be extended to more than that, and to {RunExtension.MostSteps} at most.", nameof(steps));
        (RunExtension.Read(run.Folder) with { Steps = steps }).Write(run.Folder);
        catalog.Touch(runId);
        await ResumeAsync(runId, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task SaveAsync(string runId, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        if (await training.HasWorkerAsync(run, cancellationToken)) await SendAsync(run, WorkerCommand.Save, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ChangeNotesAsync(string runId, Func<RunNotes, RunNotes> change, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        RunStore.ChangeNotes(run.Folder, notes =>
        {
            var changed = change(notes);
            var name = changed.Name?.Trim();
            if (name is { Length: 0 or > 200 }) throw new ArgumentException($"The name has {name.Length} characters; it must have between 1 and 200.", nameof(change));
            if (changed.Notes is { Length: > RunNotes.LongestNote } note) throw new ArgumentException($"The note has {note.Length} characters; it may have {RunNotes.LongestNote}.", nameof(change));
            return changed with { Name = name };
        });
        catalog.Touch(runId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string runId, CancellationToken cancellationToken = default) =>
        catalog.Stored(runId) is { } run ? training.DeleteAsync(run, cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<DeletedRun> ListDeleted() => trash.List();

    /// <inheritdoc/>
    public Task RestoreAsync(string runId, CancellationToken cancellationToken = default)
    {
        trash.Restore(runId);
        catalog.Touch(runId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task EraseAsync(string runId, CancellationToken cancellationToken = default)
    {
        trash.Erase(runId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task GoBackAsync(string runId, int step, double learningRateFactor, CancellationToken cancellationToken = default)
    {
        var run = Stored(runId);
        if (learningRateFactor is not (> 0 and <= 1)) throw new ArgumentException($"The learning rate cannot become {learningRateFactor} of what it is; give a factor above 0 and at most 1.", nameof(learningRateFactor));
        if (!Directory.Exists(run.Folder.CheckpointPath(step))) throw new ArgumentException($"The run has no checkpoint of step {step}.", nameof(step));
        if (await training.HasWorkerAsync(run, cancellationToken))
        {
            await EndAsync(runId, WorkerCommand.Discard, cancellationToken);
            for (var start = clock.GetTimestamp(); await training.HasWorkerAsync(run, cancellationToken);)
            {
                if (clock.GetElapsedTime(start) > s_leaveTimeout) throw new InvalidOperationException($"The worker of the run '{run.Name}' has not left yet. Try again in a moment.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
            }
        }

        await training.GoBackAsync(run, step, learningRateFactor, cancellationToken);
        catalog.Touch(runId);
        await ResumeAsync(runId, cancellationToken);
    }

    private async Task EndAsync(string runId, WorkerCommand command, CancellationToken cancellationToken)
    {
        var run = Stored(runId);
        if (await training.StopAsync(run, cancellationToken)) await SendAsync(run, command, cancellationToken);
    }

    private StoredRun Stored(string runId) => catalog.Stored(runId) ?? throw new KeyNotFoundException($"There is no run '{runId}'.");

    private IEnumerable<string> ProblemsHere(RunSpec spec)
    {
        if (spec.Data.Tokens is null && spec.Data.Corpus is { Length: > 0 } corpus && corpora.Find(corpus) is null)
            yield return $"There is no corpus '{corpus}' in the library; choose another or add it.";
        if (spec.Tokenizer.Id is { Length: > 0 } tokenizer)
        {
            if (tokenizers.Find(tokenizer) is not { } found) yield return $"There is no tokenizer '{tokenizer}' in the library; choose another, or let the run learn one.";
            else if (found.VocabularySize != spec.Tokenizer.VocabularySize) yield return $"The tokenizer '{found.Name}' has {found.VocabularySize} tokens, and the run asks for {spec.Tokenizer.VocabularySize}; they must be equal.";
        }
        if (devices.Current is not { } report) yield break;
        if (report.Problem is not null)
            yield return report.Problem;
        else if (!IsThere(spec.Training.Device, report.Devices.Select(device => device.Id)))
            yield return $"Device '{spec.Training.Device}' is not on this machine; there is {string.Join(", ", report.Devices.Select(device => device.Id))}.";
        else if (report.Devices.Where(device => Means(spec.Training.Device, device.Id)).Select(device => device.MemoryBytes > 0 ? spec.MemoryProblem(device.MemoryBytes) : null).ToList() is [_, ..] fits && fits.TrueForAll(problem => problem is not null))
            yield return fits[0]!;
    }

    private static bool IsThere(string device, IEnumerable<string> ids) => device == "auto" || ids.Contains(device == "cuda" ? "cuda:0" : device);

    /// <summary>Whether a setting may mean a device.</summary>
    private static bool Means(string setting, string id) => setting == "auto" || setting == id || (setting == "cuda" && id.StartsWith("cuda:", StringComparison.Ordinal));

    /// <summary>Asks a worker. One that leaves before it answers has no need to any more: what a person wants of it is noted.</summary>
    private async Task SendAsync(StoredRun run, WorkerCommand command, CancellationToken cancellationToken)
    {
        try
        {
            await WorkerLink.SendAsync(run.Folder, command, AnswerTimeout, clock, cancellationToken);
        }
        catch (WorkerUnavailableException)
        {
            if (await training.HasWorkerAsync(run, cancellationToken)) throw;
        }
    }
}
