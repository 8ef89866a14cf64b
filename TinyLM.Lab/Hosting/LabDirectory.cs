using System.Buffers;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Hosting;

/// <summary>The paths of the data directory, which holds everything that the lab keeps.</summary>
/// <param name="path">The directory; need not exist yet.</param>
/// <param name="files">By which calls it is written; the system's own if null.</param>
internal sealed class LabDirectory(string path, IFileSystem? files = null)
{
    /// <summary>The setting that names the directory; relative paths start at the content root.</summary>
    public const string Setting = "Lab:DataPath";

    private const int LongestName = 200;

    /// <summary>Names that Windows takes for devices, whatever ending they have.</summary>
    private static readonly HashSet<string> s_devices = new(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", .. from port in (string[])["COM", "LPT"] from number in "0123456789¹²³" select $"{port}{number}"], StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_separators = SearchValues.Create("/\\:\0");

    /// <summary>The directory, absolute.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    /// <summary>By which calls the directory is written.</summary>
    public IFileSystem Files { get; } = files ?? DiskFileSystem.Instance;

    /// <summary>Held open by the one lab that serves this directory.</summary>
    public string LockPath => In("lab.lock");

    /// <summary>Who that lab is, for the message of a second one.</summary>
    public string OwnerPath => In("lab.json");

    /// <summary>The index that pages query.</summary>
    public string DatabasePath => In("lab.db");

    /// <summary>Corpora that people added, one folder each.</summary>
    public string CorporaPath => In("corpora");

    /// <summary>Trained tokenizers, one folder each.</summary>
    public string TokenizersPath => In("tokenizers");

    /// <summary>Token shards, one folder a corpus and tokenizer.</summary>
    public string DatasetsPath => In("datasets");

    /// <summary>Imported models, one folder each.</summary>
    public string ModelsPath => In("models");

    /// <summary>Runs, one folder each.</summary>
    public string RunsPath => In("runs");

    /// <summary>What people saved in the studio.</summary>
    public string StudioPath => In("studio");

    /// <summary>Runs that were deleted and can still be taken back, one folder each.</summary>
    public string TrashPath => In("trash");

    /// <summary>In which order runs wait, and whether any may start.</summary>
    public string QueuePath => In("queue.json");

    /// <summary>Which checkpoints of ended runs are kept.</summary>
    public string CheckpointPolicyPath => In("checkpoints.json");

    /// <summary>Settings that people saved to begin with, one file each.</summary>
    public string PresetsPath => In("presets");

    /// <summary>The tokens that let people in, where the lab is open to the network.</summary>
    public string AccessPath => In("access.json");

    /// <summary>The directory that settings ask for; <c>data</c> under the content root when they ask for none.</summary>
    public static LabDirectory From(IConfiguration configuration, string contentRoot) =>
        new(System.IO.Path.Combine(contentRoot, configuration[Setting] is { Length: > 0 } asked ? asked : "data"));

    /// <summary>The directory of a command that serves nothing: the one that it names, else the one that the settings beside the program ask for.</summary>
    /// <param name="named">What <c>--data</c> says, if it was given.</param>
    public static LabDirectory OfCommand(string? named)
    {
        if (named is not null) return new(named);
        var contentRoot = ContentRoot.Find();
        var settings = new ConfigurationBuilder().SetBasePath(contentRoot).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables();
        return From(settings.Build(), contentRoot);
    }

    /// <summary>The data directory that a run folder lies in, as <c>runs/&lt;id&gt;</c>.</summary>
    public static LabDirectory Of(RunFolder run) =>
        new(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(run.Path))
            ?? throw new ArgumentException($"'{run.Path}' is no run folder: expected runs/<id> in a data directory."));

    /// <summary>The folder of a run; null where there is none, or where the text is no id and would lead elsewhere.</summary>
    public RunFolder? FindRun(string runId) =>
        IsName(runId) && new RunFolder(System.IO.Path.Combine(RunsPath, runId), Files) is var run && Directory.Exists(run.Path) ? run : null;

    /// <summary>The folder of an imported model; null where there is none, where it is being written or removed, or where the text is no id.</summary>
    public string? FindModel(string modelId) =>
        IsName(modelId) && !modelId.Contains('.', StringComparison.Ordinal) && System.IO.Path.Combine(ModelsPath, modelId) is var folder && Directory.Exists(folder) ? folder : null;

    /// <summary>Whether a text is the name of one folder and nothing more, on every system: ids come from addresses and command lines.</summary>
    public static bool IsName(string text) =>
        text is { Length: > 0 and <= LongestName } && text.AsSpan().IndexOfAny(s_separators) < 0 && !text.Any(char.IsControl) && text[^1] is not ('.' or ' ')
        && !s_devices.Contains(text.Split('.')[0].TrimEnd());

    /// <summary>Makes the directory and its folders where they are missing.</summary>
    /// <exception cref="IOException">The path is a file, or the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be written.</exception>
    public void Create()
    {
        foreach (var folder in (string[])[CorporaPath, TokenizersPath, DatasetsPath, ModelsPath, RunsPath]) DurableFolder.Ensure(folder, Files);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
