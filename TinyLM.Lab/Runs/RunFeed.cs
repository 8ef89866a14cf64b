using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>One run's events in bounded memory, shared by all that look at the run. Thread-safe.</summary>
/// <remarks>
/// Readers bring the feed up to date as they come, at most once in <see cref="RefreshInterval"/> whatever their number. Steps are
/// bounded by <see cref="StepCurve"/>, warnings by <see cref="WarningLimit"/>; evaluations, samples and checkpoints are as many
/// as the run's intervals say.
/// </remarks>
/// <param name="stored">The run.</param>
/// <param name="clock">Tells when the disk may be asked again.</param>
internal sealed class RunFeed(StoredRun stored, TimeProvider clock) : IRunFeed
{
    /// <summary>Between two looks at the disk.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(150);

    /// <summary>Warnings kept, the newest.</summary>
    public const int WarningLimit = 200;

    private readonly Lock _lock = new();
    private readonly RunEventReader _reader = new(stored.Folder);
    private readonly StepCurve _steps = new();
    private readonly List<EvaluationEvent> _evaluations = [];
    private readonly List<SampleEvent> _samples = [];
    private StoredRun _stored = stored;
    private RunTally _tally = new();
    private AlertWatch _alerts = new(stored);
    private IReadOnlyList<WarningEvent> _warnings = []; // replaced, never changed: readers share them
    private IReadOnlyList<CheckpointEvent> _checkpoints = [];
    private long? _readAt;
    private int _readerGeneration;
    private int _generation = 1; // a new reader's cursor has 0
    private string? _trouble;
    private long? _diskBytes;

    /// <inheritdoc/>
    public RunFeedUpdate Read(RunFeedCursor cursor)
    {
        lock (_lock)
        {
            BringUpToDate();
            var generation = _generation + _steps.Halvings;
            var isReset = cursor.Generation != generation || cursor.Steps > _steps.Count || cursor.Evaluations > _evaluations.Count || cursor.Samples > _samples.Count;
            if (isReset) cursor = new RunFeedCursor(generation, 0, 0, 0);
            return new RunFeedUpdate
            {
                Cursor = new RunFeedCursor(generation, _steps.Count, _evaluations.Count, _samples.Count),
                IsReset = isReset,
                Steps = _steps.From(cursor.Steps),
                Evaluations = From(_evaluations, cursor.Evaluations),
                Samples = From(_samples, cursor.Samples),
                Summary = Summarize(),
                Environment = _tally.Environment,
                Dataset = _tally.Dataset,
                Alerts = _alerts.Current,
                Warnings = [.. Damages.Select(words => new WarningEvent { Time = clock.GetUtcNow(), Message = words }), .. _warnings],
                Checkpoints = _checkpoints,
            };
        }
    }

    /// <summary>The run as it stands; at most <see cref="RefreshInterval"/> old.</summary>
    public RunSummary Summary
    {
        get
        {
            lock (_lock)
            {
                BringUpToDate();
                return Summarize();
            }
        }
    }

    /// <summary>When the run came to stand where it stands, the step of its newest checkpoint, and where it was last trained.</summary>
    public (DateTimeOffset? Since, int CheckpointStep, string? Device) Standing
    {
        get { lock (_lock) return (_tally.StatusSince, _tally.CheckpointStep, _tally.Environment?.Device); }
    }

    /// <summary>Makes the next read look at the disk: something was just written.</summary>
    public void Invalidate()
    {
        lock (_lock) (_readAt, _diskBytes) = (null, null);
    }

    /// <summary>Takes over what people changed.</summary>
    public void Become(StoredRun changed)
    {
        lock (_lock) _stored = changed;
    }

    private RunSummary Summarize()
    {
        var summary = _tally.Summarize(_stored, _diskBytes ??= RunStore.DiskBytes(_stored.Folder));
        if (_alerts.Current is [var worst, ..]) summary = summary with { Alert = worst.Kind };
        if (Damages.Any()) summary = summary with { Alert = AlertKind.Damaged };
        return _trouble is null ? summary : summary with { Reason = _trouble };
    }

    /// <summary>What is wrong with the run's files though they can be read, in words.</summary>
    private IEnumerable<string> Damages
    {
        get
        {
            if (_stored.Doubt is { } doubt) yield return doubt;
            if (_reader.UnreadableLines is var count and > 0)
                yield return $"events.jsonl is damaged: {(count == 1 ? "a line" : $"{count} lines")} cannot be read, from line {_reader.FirstUnreadable} on. What stood there is missing from the curves; the checkpoints have sums of their own.";
        }
    }

    private void BringUpToDate()
    {
        if (_readAt is { } last && clock.GetElapsedTime(last) < RefreshInterval) return;
        _readAt = clock.GetTimestamp();
        try
        {
            while (_reader.Read() is { Count: > 0 } events)
            {
                StartOverWithReader();
                foreach (var happened in events) Add(happened);
            }

            StartOverWithReader();
            _trouble = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _trouble = $"events.jsonl cannot be read just now: {e.Message}"; // what is known stays; the next read tries again
        }
    }

    private void StartOverWithReader()
    {
        if (_reader.Generation == _readerGeneration) return;
        _readerGeneration = _reader.Generation;
        _steps.Clear();
        _evaluations.Clear();
        _samples.Clear();
        (_tally, _alerts, _warnings, _checkpoints) = (new RunTally(), new AlertWatch(_stored), [], []);
        _generation++;
    }

    private void Add(RunEvent happened)
    {
        _tally.Add(happened);
        _alerts.Add(happened);
        if (happened is CheckpointEvent or StatusEvent) _diskBytes = null; // measured again when somebody asks
        switch (happened)
        {
            case StepEvent step:
                _steps.Add(step);
                break;
            case EvaluationEvent evaluation:
                _evaluations.Add(evaluation);
                break;
            case SampleEvent sample:
                _samples.Add(sample);
                break;
            case WarningEvent warning:
                _warnings = [.. _warnings.TakeLast(WarningLimit - 1), warning];
                break;
            case CheckpointEvent checkpoint:
                _checkpoints = [.. _checkpoints, checkpoint];
                break;
            case StatusEvent { Status: not RunStatus.Running }:
                _steps.Complete();
                break;
        }
    }

    private static IReadOnlyList<T> From<T>(List<T> list, int index) => index == list.Count ? [] : list[index..];
}
