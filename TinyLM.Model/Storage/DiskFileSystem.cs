using System.Runtime.InteropServices;

namespace TinyLM.Model.Storage;

/// <summary>The system's own files.</summary>
public sealed partial class DiskFileSystem : IFileSystem
{
    private DiskFileSystem()
    {
    }

    /// <summary>The one there is.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public Stream Open(string path, FileMode mode) => new FileStream(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <inheritdoc/>
    public void FlushToDisk(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        ((FileStream)file).Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <inheritdoc/>
    /// <remarks>On Windows NTFS journals the names and there is nothing to do.</remarks>
    /// <exception cref="IOException">The system refused.</exception>
    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;

        var descriptor = Open(path, flags: 0); // O_RDONLY; .NET opens no directories
        if (descriptor < 0) throw Refused("open", path);
        try
        {
            if (FSync(descriptor) != 0) throw Refused("flush", path);
        }
        finally
        {
            _ = Close(descriptor);
        }

        static IOException Refused(string what, string path)
        {
            var error = Marshal.GetLastPInvokeError();
            return new IOException($"Cannot {what} the directory '{path}' (error {error}).", error);
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void MoveFile(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public void MoveDirectory(string from, string to) => Directory.Move(from, to);

    /// <inheritdoc/>
    public void DeleteFile(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
