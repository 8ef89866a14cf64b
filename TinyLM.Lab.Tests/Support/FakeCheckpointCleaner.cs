using TinyLM.Lab.Runs.Cleaning;

namespace TinyLM.Lab.Tests.Support;

/// <summary>One run of checkpoints at steps 100 to 500, 10 MB each; what is cleaned is noted and gone.</summary>
public sealed class FakeCheckpointCleaner : ICheckpointCleaner
{
    private List<int> _steps = [100, 200, 300, 400, 500];

    /// <inheritdoc/>
    public CheckpointPolicy Policy { get; private set; } = new();

    /// <summary>Steps that stay.</summary>
    public IReadOnlyList<int> Steps => _steps;

    /// <inheritdoc/>
    public Task SetPolicyAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default)
    {
        if (policy.Validate() is [var problem, ..]) throw new ArgumentException(problem, nameof(policy));
        Policy = policy;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RunCleaning>> PreviewAsync(CheckpointPolicy policy, CancellationToken cancellationToken = default)
    {
        var removed = policy.Removed(_steps, [(100, 3.0), (200, 1.5), (300, 2.0), (400, 2.5), (500, 2.6)]);
        return Task.FromResult<IReadOnlyList<RunCleaning>>(removed.Count == 0 ? [] : [new RunCleaning("completed", "Quick model", removed, [.. _steps.Except(removed)], 10_000_000L * removed.Count)]);
    }

    /// <inheritdoc/>
    public Task<long> CleanAsync(IReadOnlyList<RunCleaning> cleanings, CancellationToken cancellationToken = default)
    {
        _steps = [.. _steps.Except(cleanings.SelectMany(one => one.Removed))];
        return Task.FromResult(cleanings.Sum(one => one.Bytes));
    }
}
