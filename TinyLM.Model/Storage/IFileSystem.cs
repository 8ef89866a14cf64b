namespace TinyLM.Model.Storage;

/// <summary>
/// The calls by which what must not be lost reaches the disk. Everything else, reading above all, goes to the system directly. Tests
/// put a disk in its place that fills up, fails, or ends at any of these calls (docs/trust.md).
/// </summary>
public interface IFileSystem
{
    /// <summary>Opens a file for reading and writing, without a buffer: what was written is in the system's hands.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    Stream Open(string path, FileMode mode);

    /// <summary>Waits until the content of a file that <see cref="Open"/> gave is on the disk.</summary>
    void FlushToDisk(Stream file);

    /// <summary>Waits until the content of a file that nobody has open is on the disk.</summary>
    void FlushFile(string path);

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    void FlushDirectory(string path);

    /// <summary>Makes a directory whose parent exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Gives a file another name, in place of whatever file has it.</summary>
    void MoveFile(string from, string to);

    /// <summary>Gives a directory another name, which nothing has.</summary>
    void MoveDirectory(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void DeleteFile(string path);

    /// <summary>Removes a directory with all that is in it.</summary>
    void DeleteDirectory(string path);
}
