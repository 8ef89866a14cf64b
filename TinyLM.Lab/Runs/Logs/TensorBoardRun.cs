using TinyLM.Lab.Runs.Export;

namespace TinyLM.Lab.Runs.Logs;

/// <summary>One run of a TensorBoard log directory: the event files of one folder, read forward while they may still be written.</summary>
/// <remarks>As TensorBoard reads them: the files in the order of their names, and a writer's start takes back what stood from its step on.</remarks>
/// <param name="name">The folder, relative to the log directory.</param>
public sealed class TensorBoardRun(string name)
{
    private readonly Dictionary<string, List<LogPoint>> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _positions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    /// <summary>The folder, relative to the log directory; <c>.</c> for the directory itself.</summary>
    public string Name => name;

    /// <summary>Grows when points were taken back.</summary>
    public int Version { get; private set; }

    /// <summary>Points of all tags.</summary>
    public int PointCount { get; private set; }

    /// <summary>When its first event was written, seconds since 1970; null before it was read.</summary>
    public double? Start { get; private set; }

    /// <summary>What cannot be read, in words; null where all can.</summary>
    public string? Problem { get; private set; }

    /// <summary>The tags, in order.</summary>
    public IEnumerable<string> Tags => _tags.Keys.Order(StringComparer.Ordinal);

    /// <summary>The points of a tag, in the order of the files; none where the run has no such tag.</summary>
    public IReadOnlyList<LogPoint> Points(string tag) => _tags.TryGetValue(tag, out var points) ? points : [];

    /// <summary>Reads what is new in its files.</summary>
    /// <param name="files">Paths, in the order of their names.</param>
    /// <param name="room">Points that there is room for.</param>
    /// <returns>Whether there was room for all.</returns>
    internal bool Read(IEnumerable<string> files, int room)
    {
        var most = PointCount + room;
        foreach (var path in files.Where(path => !_damaged.Contains(path)))
        {
            try
            {
                using var file = new BufferedStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0), 1 << 16);
                file.Position = Math.Min(file.Length, _positions.GetValueOrDefault(path));
                foreach (var happened in TensorBoardFile.Read(file))
                {
                    Add(happened);
                    _positions[path] = file.Position;
                    if (PointCount >= most) return false;
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or Google.Protobuf.InvalidProtocolBufferException)
            {
                if (e is InvalidDataException) _damaged.Add(path); // what stands before the damage was read; the rest cannot be found again
                Problem = $"{Path.GetFileName(path)}: {e.Message}";
            }
        }
        return true;
    }

    private void Add(TensorBoardEvent happened)
    {
        Start ??= happened.WallTime;
        if (happened.IsStart) TakeBack(happened.Step);
        foreach (var (tag, value) in happened.Scalars)
        {
            if (!_tags.TryGetValue(tag, out var points)) _tags.Add(tag, points = []);
            points.Add(new LogPoint(happened.Step, happened.WallTime, value));
            PointCount++;
        }
    }

    private void TakeBack(long step)
    {
        var removed = _tags.Values.Sum(points => points.RemoveAll(point => point.Step >= step));
        if (removed == 0) return;
        PointCount -= removed;
        Version++;
    }
}
