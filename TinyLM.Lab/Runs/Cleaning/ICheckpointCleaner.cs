using TinyLM.Lab.Security;

namespace TinyLM.Lab.Runs.Cleaning;

/// <summary>Removes old checkpoints of ended runs by a policy.</summary>
public interface ICheckpointCleaner
{
    /// <summary>The policy; what is set holds across restarts.</summary>
    CheckpointPolicy Policy { [OpenToViewers] get; }

    /// <summary>Keeps another policy.</summary>
    /// <exception cref="ArgumentException">It breaks rules; in words.</exception>
    Task SetPolicyAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default);

    /// <summary>What a policy would remove now, run by run, the most bytes first. Runs that somebody works on lose nothing.</summary>
    [OpenToViewers]
    Task<IReadOnlyList<RunCleaning>> PreviewAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default);

    /// <summary>Removes for good what a preview names.</summary>
    /// <returns>Bytes that became free.</returns>
    /// <exception cref="IOException">The disk refuses; what was removed until then is gone.</exception>
    Task<long> CleanAsync(IReadOnlyList<RunCleaning> cleanings, CancellationToken cancellationToken = default);
}

/// <summary>What a run would lose.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="Removed">Steps of the checkpoints that go.</param>
/// <param name="Kept">Steps of those that stay.</param>
/// <param name="Bytes">Bytes that become free.</param>
public sealed record RunCleaning(string RunId, string Name, IReadOnlyList<int> Removed, IReadOnlyList<int> Kept, long Bytes);
