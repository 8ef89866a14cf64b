using System.Diagnostics;
using System.Text.Json;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Hosting;

/// <summary>Makes a lab the only one on its data directory: two writers would damage the index.</summary>
/// <remarks>The system frees the lock whatever becomes of the process. Who holds it stands in a file of its own, since a locked file cannot be read on Windows.</remarks>
internal sealed class LabLock : IDisposable
{
    private static readonly TimeSpan s_ownerPatience = TimeSpan.FromMilliseconds(500);

    private readonly LabDirectory _directory;
    private readonly FileStream _file;

    private LabLock(LabDirectory directory, FileStream file)
    {
        _directory = directory;
        _file = file;
    }

    /// <summary>Takes the lock and makes the data directory where it is missing.</summary>
    /// <exception cref="LabInUseException">Another lab holds it; the message names it.</exception>
    public static LabLock Acquire(LabDirectory directory)
    {
        directory.Create();
        if (FileLock.TryAcquire(directory.LockPath) is not { } file) throw new LabInUseException(directory, FindOwner(directory));

        var labLock = new LabLock(directory, file);
        labLock.Announce(address: null);
        return labLock;
    }

    /// <summary>Whether a lab serves the directory now.</summary>
    public static bool IsHeld(LabDirectory directory) => FileLock.IsHeld(directory.LockPath);

    /// <summary>Tells others where this lab is.</summary>
    /// <param name="address">Its address; null before it listens.</param>
    public void Announce(string? address) =>
        DurableFile.WriteAllText(_directory.OwnerPath, JsonSerializer.Serialize(new LabOwner(Environment.ProcessId, address), RunJson.Line));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_file.SafeFileHandle.IsClosed) File.Delete(_directory.OwnerPath);
        _file.Dispose();
    }

    /// <summary>Who holds the lock. It says so a moment after it has it, and until then the file may name one that was killed.</summary>
    private static LabOwner? FindOwner(LabDirectory directory)
    {
        for (var start = TimeProvider.System.GetTimestamp(); ; Thread.Sleep(10))
        {
            if (ReadOwner(directory) is { } owner && IsAlive(owner.ProcessId)) return owner;
            if (TimeProvider.System.GetElapsedTime(start) > s_ownerPatience) return null;
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static LabOwner? ReadOwner(LabDirectory directory)
    {
        try
        {
            return JsonSerializer.Deserialize<LabOwner>(File.ReadAllText(directory.OwnerPath), RunJson.Line);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // the message then names no owner; the lock says all that matters
        }
    }
}
