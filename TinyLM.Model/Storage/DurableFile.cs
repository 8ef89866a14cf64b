using System.Text;

namespace TinyLM.Model.Storage;

/// <summary>Writes files that a crash or a power cut leaves either old or new, never torn.</summary>
/// <remarks>
/// Written beside, flushed to the disk, renamed over, and the directory flushed: measured intact in 30 of 30 simulated power
/// cuts on ext4, where leaving out either flush lost the file (docs/decisions.md, "Files that survive").
/// </remarks>
public static class DurableFile
{
    /// <summary>Replaces a file by what <paramref name="write"/> writes.</summary>
    /// <param name="path">The file; its directory exists.</param>
    /// <param name="write">Writes the content to the stream that it is given.</param>
    /// <param name="files">Where the file lies; the system's own files if null.</param>
    /// <exception cref="IOException">The disk is full or the path cannot be written; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write, IFileSystem? files = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        files ??= DiskFileSystem.Instance;
        var beside = path + ".new";
        try
        {
            using (var file = Buffered(files, beside))
            {
                write(file);
                file.Flush();
                files.FlushToDisk(file.UnderlyingStream);
            }
            files.MoveFile(beside, path);
        }
        catch
        {
            files.DeleteFile(beside);
            throw;
        }
        files.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Replaces a file by a text in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream}, IFileSystem)"/>
    public static void WriteAllText(string path, string text, IFileSystem? files = null) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), files);

    /// <summary>Writes a file of a folder that <see cref="DurableFolder.Create"/> flushes as a whole.</summary>
    internal static void WriteUnflushed(IFileSystem files, string path, Action<Stream> write)
    {
        using var file = Buffered(files, path);
        write(file);
        file.Flush();
    }

    private static BufferedStream Buffered(IFileSystem files, string path) => new(files.Open(path, FileMode.Create), 1 << 16);
}
