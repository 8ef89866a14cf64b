using System.Globalization;
using System.Text.Json;
using LiteDB;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using JsonException = System.Text.Json.JsonException;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace TinyLM.Lab.Runs;

/// <summary>Summaries of ended runs in LiteDB, so that a lab with many runs lists them at once. Never the truth. Thread-safe.</summary>
/// <remarks>
/// Opened once, in direct mode, by the holder of the lab's lock: two writers would damage the file. Whatever goes wrong with it
/// costs time and nothing else: a damaged file is set aside, and a row that is missing or behind is made again from its folder.
/// </remarks>
internal sealed class RunIndex : IDisposable
{
    private const int CurrentVersion = 7;

    private readonly Lock _lock = new();
    private readonly ILogger<RunIndex> _logger;
    private readonly LiteDatabase? _database;
    private readonly ILiteCollection<IndexedRun>? _rows;

    /// <param name="directory">The data directory.</param>
    /// <param name="owner">Proof that no other lab has the file open.</param>
    /// <param name="clock">Names a damaged file.</param>
    /// <param name="logger">Told what went wrong.</param>
    public RunIndex(LabDirectory directory, LabLock owner, TimeProvider clock, ILogger<RunIndex> logger)
    {
        ArgumentNullException.ThrowIfNull(owner);
        _logger = logger;
        try
        {
            (_database, _rows) = Open(directory.DatabasePath);
        }
        catch (Exception damaged) // LiteDB tells damage by exceptions of many types
        {
            try
            {
                var aside = directory.DatabasePath + ".damaged-" + clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
                logger.LogWarning(damaged, "The index of runs is damaged. It is set aside as {Aside} and made again from the run folders.", aside);
                File.Move(directory.DatabasePath, aside, overwrite: true);
                File.Delete(LogPath(directory.DatabasePath));
                (_database, _rows) = Open(directory.DatabasePath);
            }
            catch (Exception e)
            {
                logger.LogError(e, "The index of runs cannot be used; the lab reads the run folders instead and starts more slowly.");
            }
        }
    }

    /// <summary>The summary of a run; null where the index has none that was made from these files.</summary>
    public RunSummary? Find(string runId, RunFingerprint fingerprint)
    {
        try
        {
            lock (_lock)
                return _rows?.FindById(runId) is { Version: CurrentVersion } row && row.Fingerprint == fingerprint.Value
                    ? JsonSerializer.Deserialize<RunSummary>(row.Summary, RunJson.Line) : null;
        }
        catch (Exception e) when (e is LiteException or IOException or JsonException or InvalidCastException)
        {
            _logger.LogWarning(e, "The index's row of run {RunId} cannot be read; the run folder is read instead.", runId);
            return null;
        }
    }

    /// <summary>Keeps summaries.</summary>
    public void Put(IReadOnlyCollection<(RunSummary Summary, RunFingerprint Fingerprint)> runs)
    {
        if (runs.Count == 0) return;
        Change(rows => rows.Upsert(runs.Select(run => new IndexedRun
        {
            Id = run.Summary.Id,
            Version = CurrentVersion,
            Fingerprint = run.Fingerprint.Value,
            Summary = JsonSerializer.Serialize(run.Summary, RunJson.Line),
        })));
    }

    /// <summary>Forgets a run.</summary>
    public void Remove(string runId) => Change(rows => rows.Delete(runId));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock) _database?.Dispose();
    }

    private void Change(Action<ILiteCollection<IndexedRun>> change)
    {
        if (_rows is null) return;
        try
        {
            lock (_lock)
            {
                change(_rows);
                _database!.Checkpoint(); // else a kill soon after loses acknowledged rows
            }
        }
        catch (Exception e) when (e is LiteException or IOException or ObjectDisposedException)
        {
            _logger.LogWarning(e, "The index of runs cannot be written; the run folders hold all that matters.");
        }
    }

    private static (LiteDatabase, ILiteCollection<IndexedRun>) Open(string path)
    {
        var database = new LiteDatabase(new ConnectionString { Filename = path, Connection = ConnectionType.Direct });
        try
        {
            var rows = database.GetCollection<IndexedRun>("runs");
            foreach (var row in rows.FindAll()) _ = row.Id; // damage shows only where it is read
            return (database, rows);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>LiteDB's write-ahead log, beside the file.</summary>
    private static string LogPath(string path) => Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileNameWithoutExtension(path) + "-log" + Path.GetExtension(path));
}
