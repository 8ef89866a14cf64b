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
    /// <exception cref="IOException">The disk is full or the path cannot be written; the old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var beside = path + ".new";
        try
        {
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
        DurableFolder.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Replaces a file by a text in UTF-8.</summary>
    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void WriteAllText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
