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
        return Directory.EnumerateDirectories(directory.RunsPath).Where(path => IsId(Path.GetFileName(path))).Select(path => new RunFolder(path, directory.Files));
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
            if (spec is null) return new StoredRun(run, new RunSpec(), notes, 0, "run.json is damaged: expected the settings of a run, found null.");
            return spec.Validate() is [_, ..] problems // a flipped bit may make 0 heads of some, and nothing can be reckoned with those
                ? new StoredRun(run, new RunSpec(), notes, 0, $"run.json asks for what cannot be: {string.Join(" ", problems)}")
                : new StoredRun(run, spec, notes, RunExtension.StepsOf(run, spec), Doubt: DoubtOf(run));
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

    private static string SumOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>What is wrong with a run.json that can be read: a flipped bit may have made another setting of one.</summary>
    private static string? DoubtOf(RunFolder run) =>
        File.Exists(run.SpecSumPath) && !File.ReadAllText(run.SpecSumPath).StartsWith(SumOf(run.SpecPath), StringComparison.OrdinalIgnoreCase)
            ? "run.json is not the file that was written when the run was made, so a setting may be another. Its checkpoints are untouched; if you changed it yourself, delete run.json.sha256."
            : null;

    /// <summary>Changes what people added to a run. What was there and cannot be read is put aside, never written over.</summary>
    /// <exception cref="IOException">The disk refuses; the old notes hold.</exception>
    public static void ChangeNotes(RunFolder run, Func<RunNotes, RunNotes> change)
    {
        lock (s_notes)
        {
            if (!TryReadNotes(run, out var notes)) run.Files.MoveFile(run.NotesPath, run.NotesPath + ".damaged");
            DurableFile.WriteAllText(run.NotesPath, JsonSerializer.Serialize(change(notes), RunJson.Indented), run.Files);
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
        DurableFolder.Ensure(directory.RunsPath, directory.Files);
        var now = clock.GetUtcNow();
        var run = new RunFolder(Path.Combine(directory.RunsPath, NewId(now)), directory.Files);
        DurableFolder.Create(run.Path, beside =>
        {
            var unfinished = new RunFolder(beside, directory.Files);
            DurableFile.WriteAllText(unfinished.SpecPath, spec.ToJson(), directory.Files);
            DurableFile.WriteAllText(unfinished.SpecSumPath, $"{SumOf(unfinished.SpecPath)}  run.json\n", directory.Files);
            if (estimate is not null) DurableFile.WriteAllText(unfinished.EstimatePath, JsonSerializer.Serialize(estimate, RunJson.Indented), directory.Files);
            if (!isQueued) return;
            using var events = new RunEventWriter(unfinished);
            events.Append(new StatusEvent { Time = now, Status = RunStatus.Queued });
        }, directory.Files);
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
