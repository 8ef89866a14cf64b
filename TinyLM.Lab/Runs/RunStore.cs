using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs;

/// <summary>The run folders of a data directory: the truth about runs.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="clock">Tells the time that becomes part of an id.</param>
internal sealed class RunStore(LabDirectory directory, TimeProvider clock)
{
    private const string IdTimeFormat = "yyyyMMdd-HHmmss";

    private static readonly Lock s_notes = new();

    /// <summary>Makes a run that waits in the queue.</summary>
    /// <param name="spec">What is asked.</param>
    /// <param name="estimate">What it is expected to take, to be compared later.</param>
    /// <exception cref="IOException">The disk refuses; nothing is left behind.</exception>
    public StoredRun Create(RunSpec spec, RunEstimate? estimate = null) => Create(spec, estimate, isQueued: true);

    /// <summary>Makes a run that its maker trains at once: without a word in <c>events.jsonl</c> no lab takes it for a queued one.</summary>
    /// <inheritdoc cref="Create(RunSpec, RunEstimate)"/>
    public StoredRun CreateUnqueued(RunSpec spec) => Create(spec, estimate: null, isQueued: false);

    /// <summary>The folders of all runs, in no order.</summary>
    public IEnumerable<RunFolder> List()
    {
        if (!Directory.Exists(directory.RunsPath)) return [];
        return Directory.EnumerateDirectories(directory.RunsPath).Where(path => IsId(Path.GetFileName(path))).Select(path => new RunFolder(path));
    }

    /// <summary>The folder of a run; null where there is none.</summary>
    public RunFolder? Find(string id) => IsId(id) ? directory.FindRun(id) : null;

    /// <summary>Reads what a folder says; what cannot be read is told in <see cref="StoredRun.Problem"/>.</summary>
    public static StoredRun Read(RunFolder run)
    {
        RunNotes notes;
        try
        {
            TryReadNotes(run, out notes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notes = new RunNotes(); // the run then has the name that it was asked with
        }

        try
        {
            var spec = JsonSerializer.Deserialize<RunSpec>(File.ReadAllText(run.SpecPath), RunJson.Indented);
            return spec is null
                ? new StoredRun(run, new RunSpec(), notes, 0, "run.json is damaged: expected the settings of a run, found null.")
                : new StoredRun(run, spec, notes, RunExtension.StepsOf(run, spec));
        }
        catch (JsonException e)
        {
            return new StoredRun(run, new RunSpec(), notes, 0, $"run.json is damaged at line {e.LineNumber + 1}, {e.Path}: what the run was asked cannot be read. Its checkpoints are untouched.");
        }
        catch (InvalidDataException e)
        {
            return new StoredRun(run, new RunSpec(), notes, 0, e.Message);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new StoredRun(run, new RunSpec(), notes, 0, "run.json is missing: what the run was asked is not known.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new StoredRun(run, new RunSpec(), notes, 0, $"run.json cannot be read: {e.Message}");
        }
    }

    /// <summary>Changes what people added to a run. What was there and cannot be read is put aside, never written over.</summary>
    /// <exception cref="IOException">The disk refuses; the old notes hold.</exception>
    public static void ChangeNotes(RunFolder run, Func<RunNotes, RunNotes> change)
    {
        lock (s_notes)
        {
            if (!TryReadNotes(run, out var notes)) File.Move(run.NotesPath, run.NotesPath + ".damaged", overwrite: true);
            DurableFile.WriteAllText(run.NotesPath, JsonSerializer.Serialize(change(notes), RunJson.Indented));
        }
    }

    /// <summary>What the lab expected of a run; null where it did not, or where the file cannot be read: the run is as good without.</summary>
    public static RunEstimate? ReadEstimate(RunFolder run)
    {
        try
        {
            return File.Exists(run.EstimatePath) ? JsonSerializer.Deserialize<RunEstimate>(File.ReadAllText(run.EstimatePath), RunJson.Indented) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Bytes of all files of a run.</summary>
    public static long DiskBytes(RunFolder run)
    {
        try
        {
            return new DirectoryInfo(run.Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // a checkpoint left while they were counted; the next count has it
        }
    }

    /// <summary>The time in an id; null where the lab did not make it.</summary>
    public static DateTimeOffset? TimeOf(string id) =>
        id.Length > IdTimeFormat.Length
        && DateTimeOffset.TryParseExact(id[..IdTimeFormat.Length], IdTimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Whether the name of a folder may be an id.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private StoredRun Create(RunSpec spec, RunEstimate? estimate, bool isQueued)
    {
        Directory.CreateDirectory(directory.RunsPath);
        var now = clock.GetUtcNow();
        var run = new RunFolder(Path.Combine(directory.RunsPath, NewId(now)));
        DurableFolder.Create(run.Path, beside =>
        {
            var unfinished = new RunFolder(beside);
            File.WriteAllText(unfinished.SpecPath, spec.ToJson());
            if (estimate is not null) File.WriteAllText(unfinished.EstimatePath, JsonSerializer.Serialize(estimate, RunJson.Indented));
            if (!isQueued) return;
            using var events = new RunEventWriter(unfinished);
            events.Append(new StatusEvent { Time = now, Status = RunStatus.Queued });
        });
        return new StoredRun(run, spec, new RunNotes(), spec.Training.Steps);
    }

    private string NewId(DateTimeOffset now)
    {
        while (true)
        {
            var id = $"{now.UtcDateTime.ToString(IdTimeFormat, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
            if (!Path.Exists(Path.Combine(directory.RunsPath, id))) return id;
        }
    }

    /// <summary>Reads the notes; none where there are none.</summary>
    /// <returns>Whether they could be read: if not, the run has the name that it was asked with.</returns>
    private static bool TryReadNotes(RunFolder run, out RunNotes notes)
    {
        notes = new RunNotes();
        try
        {
            if (!File.Exists(run.NotesPath)) return true;
            notes = JsonSerializer.Deserialize<RunNotes>(File.ReadAllText(run.NotesPath), RunJson.Indented) ?? notes;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return true;
        }
    }
}
