using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>Makes a process the only one that works on a run: whoever holds it, and nobody else, writes the run's <c>events.jsonl</c> and checkpoints.</summary>
/// <remarks>A held lock means a living worker.</remarks>
public sealed class RunLock : IDisposable
{
    private readonly FileStream _file;

    private RunLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of a run whose folder exists; null where another worker holds it.</summary>
    /// <exception cref="IOException">The folder is gone or cannot be written.</exception>
    public static RunLock? TryAcquire(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return FileLock.TryAcquire(run.LockPath) is { } file ? new RunLock(file) : null;
    }

    /// <summary>Whether some process works on the run now.</summary>
    public static bool IsHeld(RunFolder run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return FileLock.IsHeld(run.LockPath);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
