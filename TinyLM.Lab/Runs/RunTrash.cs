using System.Globalization;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs;

/// <summary>Runs that were deleted: their folders, moved as they are, until a person empties the trash or <see cref="Keeping"/> is over.</summary>
/// <remarks>The moment of the deletion stands in the name, <c>&lt;id&gt;.20260314-092653</c>: ids hold no dot.</remarks>
internal sealed class RunTrash(LabDirectory directory, TimeProvider clock)
{
    /// <summary>How long a deleted run can be taken back.</summary>
    public static readonly TimeSpan Keeping = TimeSpan.FromDays(30);

    private const string TimeFormat = "yyyyMMdd-HHmmss";

    /// <summary>What can be taken back, the last deleted first.</summary>
    public IReadOnlyList<DeletedRun> List() =>
        [.. Entries().Select(entry => new DeletedRun(entry.Id, RunStore.Read(entry.Folder).NameOf(entry.Id), entry.DeletedAt, entry.DeletedAt + Keeping, RunStore.DiskBytes(entry.Folder)))
            .OrderByDescending(run => run.DeletedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal)];

    /// <summary>Takes a run that nobody works on. The move is one rename: a crash leaves it here or there, whole.</summary>
    /// <exception cref="IOException">A file is in use; the run stays where it was.</exception>
    public void Take(StoredRun run)
    {
        DurableFolder.Ensure(directory.TrashPath, directory.Files);
        foreach (var earlier in Entries().Where(entry => entry.Id == run.Folder.Id).ToList()) Erase(earlier.Folder);
        directory.Files.MoveDirectory(run.Folder.Path, Path.Combine(directory.TrashPath, $"{run.Folder.Id}.{clock.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}"));
        directory.Files.FlushDirectory(directory.RunsPath);
        directory.Files.FlushDirectory(directory.TrashPath);
    }

    /// <summary>Puts a run back.</summary>
    /// <exception cref="KeyNotFoundException">The trash has no such run.</exception>
    /// <exception cref="IOException">There is a run of that id again, or the disk refuses.</exception>
    public void Restore(string runId)
    {
        var folder = Entry(runId);
        directory.Files.MoveDirectory(folder.Path, Path.Combine(directory.RunsPath, runId));
        directory.Files.FlushDirectory(directory.RunsPath);
        directory.Files.FlushDirectory(directory.TrashPath);
    }

    /// <summary>Removes a run for good.</summary>
    /// <exception cref="KeyNotFoundException">The trash has no such run.</exception>
    public void Erase(string runId) => Erase(Entry(runId));

    /// <summary>Removes what is older than <see cref="Keeping"/>.</summary>
    public void RemoveOld()
    {
        foreach (var entry in Entries().Where(entry => clock.GetUtcNow() - entry.DeletedAt > Keeping).ToList()) Erase(entry.Folder);
    }

    private void Erase(RunFolder folder) => directory.Files.DeleteDirectory(folder.Path);

    private RunFolder Entry(string runId) => Entries().Where(entry => entry.Id == runId).Select(entry => entry.Folder).FirstOrDefault()
        ?? throw new KeyNotFoundException($"The trash has no run '{runId}'; it may have been taken back or emptied out.");

    private IEnumerable<(string Id, RunFolder Folder, DateTimeOffset DeletedAt)> Entries() =>
        from path in Directory.Exists(directory.TrashPath) ? Directory.EnumerateDirectories(directory.TrashPath) : []
        let name = Path.GetFileName(path)
        let dot = name.LastIndexOf('.')
        where dot > 0 && RunStore.IsId(name[..dot])
        let time = DateTimeOffset.TryParseExact(name[(dot + 1)..], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : (DateTimeOffset?)null
        where time is not null
        select (name[..dot], new RunFolder(path), time.Value);
}
