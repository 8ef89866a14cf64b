namespace TinyLM.Model.Storage;

/// <summary>Puts whole folders in place, and takes them away, so that a crash or a power cut leaves none or the whole.</summary>
public static class DurableFolder
{
    /// <summary>Ending of folders that are still being written.</summary>
    public const string UnfinishedSuffix = ".new";

    /// <summary>Ending of folders that are being removed.</summary>
    public const string RemovedSuffix = ".removed";

    /// <summary>Writes a folder beside and renames it into place.</summary>
    /// <param name="path">The folder; it does not exist yet, its parent does.</param>
    /// <param name="fill">Fills the folder whose path it is given; each file it writes is flushed here.</param>
    /// <param name="files">Where the folder lies; the system's own files if null.</param>
    /// <exception cref="IOException">The disk is full, or the folder exists; nothing stands at <paramref name="path"/> that did not before.</exception>
    public static void Create(string path, Action<string> fill, IFileSystem? files = null)
    {
        ArgumentNullException.ThrowIfNull(fill);
        files ??= DiskFileSystem.Instance;
        var beside = Begin(path, files);
        try
        {
            fill(beside);
            PutInPlace(beside, path, files);
        }
        catch
        {
            files.DeleteDirectory(beside);
            throw;
        }
        files.FlushDirectory(ParentOf(path));
    }

    /// <inheritdoc cref="Create"/>
    public static async Task CreateAsync(string path, Func<string, Task> fill, IFileSystem? files = null)
    {
        ArgumentNullException.ThrowIfNull(fill);
        files ??= DiskFileSystem.Instance;
        var beside = Begin(path, files);
        try
        {
            await fill(beside).ConfigureAwait(false);
            PutInPlace(beside, path, files);
        }
        catch
        {
            files.DeleteDirectory(beside);
            throw;
        }
        files.FlushDirectory(ParentOf(path));
    }

    /// <summary>Makes a folder, and those above it, where they are missing; their names are on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Ensure(string path, IFileSystem? files = null)
    {
        if (Directory.Exists(path)) return;
        files ??= DiskFileSystem.Instance;
        var parent = ParentOf(path);
        Ensure(parent, files);
        files.CreateDirectory(path);
        files.FlushDirectory(parent);
    }

    /// <summary>Takes a folder out of its place by one rename and removes it: a crash leaves it whole, or under a name of <see cref="RemovedSuffix"/>.</summary>
    /// <exception cref="IOException">A file is in use.</exception>
    public static void Remove(string path, IFileSystem? files = null)
    {
        files ??= DiskFileSystem.Instance;
        files.DeleteDirectory(SetAside(path, files));
    }

    /// <summary>Takes a folder out of its place by one rename; it is still to be removed.</summary>
    /// <returns>Where it lies now.</returns>
    internal static string SetAside(string path, IFileSystem files)
    {
        var aside = path + RemovedSuffix;
        if (Directory.Exists(aside)) files.DeleteDirectory(aside);
        files.MoveDirectory(path, aside);
        return aside;
    }

    private static string Begin(string path, IFileSystem files)
    {
        var beside = path + UnfinishedSuffix;
        if (Directory.Exists(beside)) files.DeleteDirectory(beside);
        files.CreateDirectory(beside);
        return beside;
    }

    private static void PutInPlace(string beside, string path, IFileSystem files)
    {
        foreach (var file in Directory.EnumerateFiles(beside, "*", SearchOption.AllDirectories)) files.FlushFile(file);
        foreach (var folder in Directory.EnumerateDirectories(beside, "*", SearchOption.AllDirectories)) files.FlushDirectory(folder);
        files.FlushDirectory(beside);
        files.MoveDirectory(beside, path);
    }

    private static string ParentOf(string path) => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))
        ?? throw new ArgumentException($"'{path}' is the root of a disk; expected a folder in it.", nameof(path));
}
