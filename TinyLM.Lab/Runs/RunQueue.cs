using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Storage;

namespace TinyLM.Lab.Runs;

/// <summary>In which order runs wait and whether any may start: the content of <c>queue.json</c>. Thread-safe.</summary>
/// <remarks>Runs that it does not name wait behind those that it names, in the order in which they came. A file that cannot be read is none.</remarks>
internal sealed class RunQueue
{
    private readonly Lock _lock = new();
    private readonly LabDirectory _directory;
    private Content _content;

    /// <summary>Reads the file.</summary>
    public RunQueue(LabDirectory directory, ILogger<RunQueue> logger)
    {
        _directory = directory;
        try
        {
            _content = File.Exists(directory.QueuePath) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(directory.QueuePath), RunJson.Indented) ?? new Content() : new Content();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning(e, "{Path} cannot be read; runs wait in the order in which they came.", directory.QueuePath);
            _content = new Content();
        }
    }

    /// <summary>Whether no waiting run may start.</summary>
    public bool IsPaused
    {
        get { lock (_lock) return _content.Paused; }
    }

    /// <summary>Place of a run that was given one; behind all others where it was not.</summary>
    public int PlaceOf(string runId)
    {
        lock (_lock) return _content.Order.IndexOf(runId) is var place and >= 0 ? place : int.MaxValue;
    }

    /// <summary>Lets waiting runs start, or not.</summary>
    /// <exception cref="IOException">The disk refuses; all stays as it was.</exception>
    public void Pause(bool isPaused) => Change(content => content with { Paused = isPaused });

    /// <summary>Gives the waiting runs their order.</summary>
    /// <exception cref="IOException">The disk refuses; all stays as it was.</exception>
    public void Arrange(IEnumerable<string> runIds) => Change(content => content with { Order = [.. runIds] });

    private void Change(Func<Content, Content> change)
    {
        lock (_lock)
        {
            var changed = change(_content);
            DurableFile.WriteAllText(_directory.QueuePath, JsonSerializer.Serialize(changed, RunJson.Indented), _directory.Files);
            _content = changed;
        }
    }

    private sealed record Content
    {
        public bool Paused { get; init; }

        public List<string> Order { get; init; } = [];
    }
}
