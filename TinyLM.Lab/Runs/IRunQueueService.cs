using TinyLM.Lab.Security;

namespace TinyLM.Lab.Runs;

/// <summary>The runs that wait for a device.</summary>
public interface IRunQueueService
{
    /// <summary>The queue as it stands.</summary>
    RunQueueState State { [OpenToViewers] get; }

    /// <summary>Lets waiting runs start, or not; those that train go on either way. Holds across restarts.</summary>
    Task PauseAsync(bool isPaused, CancellationToken cancellationToken = default);

    /// <summary>Moves a waiting run to another place, 0 being the next to start. Holds across restarts.</summary>
    Task MoveAsync(string runId, int place, CancellationToken cancellationToken = default);
}

/// <summary>The queue at a moment.</summary>
/// <param name="IsPaused">Whether no waiting run may start.</param>
/// <param name="Runs">The waiting runs, the next to start first.</param>
public sealed record RunQueueState(bool IsPaused, IReadOnlyList<RunSummary> Runs);
