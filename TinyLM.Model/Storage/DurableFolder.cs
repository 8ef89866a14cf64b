using System.Runtime.InteropServices;

namespace TinyLM.Model.Storage;

/// <summary>Puts whole folders in place so that a crash or a power cut leaves none or the whole.</summary>
public static partial class DurableFolder
{
    /// <summary>Ending of folders that are still being written.</summary>
    public const string UnfinishedSuffix = ".new";

    /// <summary>Writes a folder beside and renames it into place.</summary>
    /// <param name="path">The folder; it does not exist yet, its parent does.</param>
    /// <param name="fill">Fills the folder whose path it is given; each file it writes is flushed by <see cref="FlushFile"/> here.</param>
    /// <exception cref="IOException">The disk is full, or the folder exists; nothing stands at <paramref name="path"/> that did not before.</exception>
    public static void Create(string path, Action<string> fill)
    {
        var beside = Begin(path);
        try
        {
            fill(beside);
            PutInPlace(beside, path);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
        Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <inheritdoc cref="Create"/>
    public static async Task CreateAsync(string path, Func<string, Task> fill)
    {
        var beside = Begin(path);
        try
        {
            await fill(beside).ConfigureAwait(false);
            PutInPlace(beside, path);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
        Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static string Begin(string path)
    {
        var beside = path + UnfinishedSuffix;
        if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        return beside;
    }

    private static void PutInPlace(string beside, string path)
    {
        foreach (var file in Directory.EnumerateFiles(beside, "*", SearchOption.AllDirectories)) FlushFile(file);
        Flush(beside);
        Directory.Move(beside, path);
    }

    /// <summary>Waits until a file's content is on the disk.</summary>
    public static void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Waits until the names in a directory are on the disk. On Windows NTFS journals them and there is nothing to do.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;

        var descriptor = Open(directory, flags: 0); // O_RDONLY; .NET opens no directories
        if (descriptor < 0) throw new IOException($"Cannot open the directory '{directory}' to flush it (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (FSync(descriptor) != 0) throw new IOException($"Cannot flush the directory '{directory}' (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
