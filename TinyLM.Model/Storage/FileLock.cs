namespace TinyLM.Model.Storage;

/// <summary>A lock between processes: a file that one of them holds open. The system frees it whatever becomes of the process.</summary>
public static class FileLock
{
    /// <summary>Takes a lock; null where another process, or another part of this one, holds it.</summary>
    /// <param name="path">The file, made where it is missing; its folder exists.</param>
    /// <returns>Disposing it frees the lock.</returns>
    /// <exception cref="IOException">The folder is gone or cannot be written.</exception>
    public static FileStream? TryAcquire(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            return null;
        }
    }

    /// <summary>Whether somebody holds the lock now.</summary>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path)) return false;
        using var taken = TryAcquire(path);
        return taken is null;
    }

    /// <summary>ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK (11 on Linux, 35 on macOS) elsewhere: .NET has no type of exception for it.</summary>
    private static bool IsSharingViolation(IOException e) => (e.HResult & 0xFFFF) is 32 or 11 or 35;
}
