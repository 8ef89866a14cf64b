namespace TinyLM.Lab.Runs.Logs;

/// <summary>A TensorBoard log directory, opened for reading: each folder with event files is a run. For one reader at a time.</summary>
public sealed class TensorBoardDirectory
{
    /// <summary>Points kept in memory, of all runs; about 50 MB.</summary>
    public const int MostPoints = 2_000_000;

    /// <summary>Runs that are read.</summary>
    public const int MostRuns = 200;

    private static readonly EnumerationOptions s_everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly Dictionary<string, TensorBoardRun> _runs = new(StringComparer.Ordinal);

    private TensorBoardDirectory(string path) => Path = path;

    /// <summary>The directory, absolute.</summary>
    public string Path { get; }

    /// <summary>The runs, in the order of their names.</summary>
    public IReadOnlyList<TensorBoardRun> Runs { get; private set; } = [];

    /// <summary>What was left out, in words; null where nothing was.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens a directory; <see cref="Read"/> reads it.</summary>
    /// <exception cref="InvalidDataException">There is none, or it has no event files; in words.</exception>
    public static TensorBoardDirectory Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var full = System.IO.Path.GetFullPath(path.Trim());
            if (!Directory.Exists(full)) throw new InvalidDataException($"There is no directory '{full}' on the lab's machine.");
            return Files(full).Any() ? new TensorBoardDirectory(full) : throw new InvalidDataException($"'{full}' has no TensorBoard event files: expected files with 'tfevents' in their names, in it or in folders within.");
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"'{path}' cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Reads what is new, in files and in folders.</summary>
    /// <exception cref="IOException">The directory is gone.</exception>
    public void Read()
    {
        Notice = null;
        var folders = Files(Path).GroupBy(file => System.IO.Path.GetDirectoryName(file)!, StringComparer.Ordinal).OrderBy(folder => folder.Key, StringComparer.Ordinal).ToList();
        if (folders.Count > MostRuns) Notice = $"The directory has {folders.Count} runs; the first {MostRuns} are read. Open a folder within it to see others.";
        foreach (var folder in folders.Take(MostRuns))
        {
            var name = System.IO.Path.GetRelativePath(Path, folder.Key);
            if (!_runs.TryGetValue(name, out var run)) _runs.Add(name, run = new TensorBoardRun(name));
            if (run.Read(folder.Order(StringComparer.Ordinal), MostPoints - _runs.Values.Sum(one => one.PointCount))) continue;
            Notice = $"The directory has more than {MostPoints:N0} points; what comes after is not read. Open a folder within it to see others.";
            break;
        }
        Runs = [.. _runs.Values.OrderBy(run => run.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Files(string path) => Directory.EnumerateFiles(path, "*tfevents*", s_everywhere);
}
