using System.Globalization;
using TinyLM.Model.Storage;

namespace TinyLM.Model.Runs;

/// <summary>The paths of a run folder: the border between training and everything else.</summary>
/// <param name="path">The folder.</param>
/// <param name="files">By which calls it is written; the system's own if null.</param>
public sealed class RunFolder(string path, IFileSystem? files = null)
{
    /// <summary>By which calls the folder is written.</summary>
    public IFileSystem Files { get; } = files ?? DiskFileSystem.Instance;

    /// <summary>The folder, absolute.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The id of the run: the name of its folder.</summary>
    public string Id => System.IO.Path.GetFileName(Path);

    /// <summary>What was asked; written once.</summary>
    public string SpecPath => System.IO.Path.Combine(Path, "run.json");

    /// <summary>The SHA-256 of <see cref="SpecPath"/> in the form of <c>sha256sum</c>; missing in runs that were made by hand.</summary>
    public string SpecSumPath => System.IO.Path.Combine(Path, "run.json.sha256");

    /// <summary>What happened; appended.</summary>
    public string EventsPath => System.IO.Path.Combine(Path, "events.jsonl");

    /// <summary>What people added: name, notes, tags, star.</summary>
    public string NotesPath => System.IO.Path.Combine(Path, "notes.json");

    /// <summary>More steps than were first asked for; missing where there are none.</summary>
    public string ExtensionPath => System.IO.Path.Combine(Path, "extension.json");

    /// <summary>What the lab expected of the run when it was made; missing where nobody estimated it.</summary>
    public string EstimatePath => System.IO.Path.Combine(Path, "estimate.json");

    /// <summary>Held open by the worker for as long as it lives; the system frees it whatever becomes of the process.</summary>
    public string LockPath => System.IO.Path.Combine(Path, "worker.lock");

    /// <summary>Room kept for the words that the disk is full; there while a worker works.</summary>
    public string ReservePath => System.IO.Path.Combine(Path, "reserve");

    /// <summary>TensorBoard's event files; missing where the run was not asked for them.</summary>
    public string TensorBoardPath => System.IO.Path.Combine(Path, "tensorboard");

    /// <summary>The worker's log.</summary>
    public string LogPath => System.IO.Path.Combine(Path, "worker.log");

    /// <summary>Checkpoints, one folder each.</summary>
    public string CheckpointsPath => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>Folder of the checkpoint at a step.</summary>
    public string CheckpointPath(int step) => System.IO.Path.Combine(CheckpointsPath, CheckpointName(step));

    /// <summary>Name of a checkpoint's folder: <c>step-00000500</c>.</summary>
    public static string CheckpointName(int step) => "step-" + step.ToString("D8", CultureInfo.InvariantCulture);

    /// <summary>The step of a checkpoint's folder name, or null where the name is none.</summary>
    public static int? CheckpointStep(string name) =>
        name.StartsWith("step-", StringComparison.Ordinal) && name.Length == 13
        && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var step) ? step : null;
}
