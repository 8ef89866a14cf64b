using TinyLM.Lab.Security;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>What pages and commands can do with runs. Every command is idempotent.</summary>
public interface IRunService
{
    /// <summary>All runs, newest first; live figures are at most a second old.</summary>
    [OpenToViewers]
    IReadOnlyList<RunSummary> List();

    /// <summary>One run, or null where there is none.</summary>
    [OpenToViewers]
    RunSummary? Find(string runId);

    /// <summary>What the run was asked to do.</summary>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    [OpenToViewers]
    RunSpec GetSpec(string runId);

    /// <summary>What the lab expected of the run when it was made; null where it did not.</summary>
    /// <exception cref="KeyNotFoundException">There is no such run.</exception>
    [OpenToViewers]
    RunEstimate? GetEstimate(string runId);

    /// <summary>The run's live feed, shared by all that look at it; null where there is no such run.</summary>
    [OpenToViewers]
    IRunFeed? OpenFeed(string runId);

    /// <summary>Queues a run; it starts as soon as its device is free.</summary>
    /// <exception cref="InvalidSpecException">The settings break rules; the exception carries each in words.</exception>
    [Spends(Allowance.Start)]
    Task<RunSummary> StartAsync(RunSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Queues several runs in their order: all or, where the settings of one break rules, none.</summary>
    /// <exception cref="InvalidSpecException">The settings of a run break rules; the exception carries each in words.</exception>
    [Spends(Allowance.Start, EachItem = true)]
    Task<IReadOnlyList<RunSummary>> StartAllAsync(IReadOnlyList<RunSpec> specs, CancellationToken cancellationToken = default);

    /// <summary>Holds the run after the present step, its state in memory.</summary>
    Task PauseAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Goes on: a paused run at once, a stopped, interrupted or failed one from its last good checkpoint.</summary>
    Task ResumeAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Ends the run after the present step with a checkpoint; a queued run is taken out of the queue.</summary>
    Task StopAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Ends the run after the present step without a checkpoint; what was learned since the last one is lost.</summary>
    Task DiscardAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Lets an ended run go on to more steps than it was asked for, from its last good checkpoint.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="steps">Steps in all, more than are done.</param>
    /// <exception cref="ArgumentException">There are not more steps than before, or too many.</exception>
    /// <exception cref="InvalidOperationException">The run has not ended.</exception>
    Task ExtendAsync(string runId, int steps, CancellationToken cancellationToken = default);

    /// <summary>Takes a run back to one of its checkpoints and goes on from there at a lower learning rate. A running one is stopped first.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="step">Step of the checkpoint; later ones are put aside.</param>
    /// <param name="learningRateFactor">What the learning rate is multiplied by, above 0 and at most 1.</param>
    /// <exception cref="ArgumentException">There is no such checkpoint, or the factor makes no sense.</exception>
    Task GoBackAsync(string runId, int step, double learningRateFactor, CancellationToken cancellationToken = default);

    /// <summary>Writes a checkpoint after the present step and goes on.</summary>
    Task SaveAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Changes what people added to the run: name, notes, tags, star, archive.</summary>
    /// <exception cref="ArgumentException">The new name is empty or too long, or the note is too long.</exception>
    Task ChangeNotesAsync(string runId, Func<RunNotes, RunNotes> change, CancellationToken cancellationToken = default);

    /// <summary>Moves an ended run into the trash.</summary>
    /// <exception cref="InvalidOperationException">The run has not ended.</exception>
    Task DeleteAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>What the trash holds, the last deleted first.</summary>
    [OpenToViewers]
    IReadOnlyList<DeletedRun> ListDeleted();

    /// <summary>Takes a deleted run back.</summary>
    /// <exception cref="KeyNotFoundException">The trash has no such run.</exception>
    Task RestoreAsync(string runId, CancellationToken cancellationToken = default);

    /// <summary>Removes a deleted run and its files for good.</summary>
    /// <exception cref="KeyNotFoundException">The trash has no such run.</exception>
    Task EraseAsync(string runId, CancellationToken cancellationToken = default);
}
