using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>What a run's events add up to.</summary>
internal sealed class RunTally
{
    /// <summary>Step events that the speed is measured over: long enough to be calm, short enough to follow the machine.</summary>
    private const int SpeedWindow = 50;

    private readonly Queue<StepEvent> _recent = new();
    private StatusEvent? _status;
    private ProgressEvent? _progress;
    private EvaluationEvent? _evaluation;
    private StepEvent? _step;
    private int _stepsDone;
    private long _peakMemory;

    /// <summary>Where the run stands; null before the first word.</summary>
    public RunStatus? Status => _status?.Status;

    /// <summary>When it came to stand there.</summary>
    public DateTimeOffset? StatusSince => _status?.Time;

    /// <summary>Step of the newest checkpoint; 0 before the first.</summary>
    public int CheckpointStep { get; private set; }

    /// <summary>Device and versions, once told.</summary>
    public EnvironmentEvent? Environment { get; private set; }

    /// <summary>Tokens and entropy floor, once told.</summary>
    public DatasetEvent? Dataset { get; private set; }

    /// <summary>Takes the next event in.</summary>
    public void Add(RunEvent happened)
    {
        switch (happened)
        {
            case StatusEvent status:
                _status = status;
                _stepsDone = Math.Max(_stepsDone, status.Step);
                if (status.Status != RunStatus.Preparing) _progress = null;
                break;
            case ProgressEvent progress:
                _progress = progress;
                break;
            case EnvironmentEvent environment:
                Environment = environment;
                break;
            case DatasetEvent dataset:
                Dataset = dataset;
                break;
            case StepEvent step:
                _step = step;
                _stepsDone = step.Step;
                if (step.Hardware is { } hardware) _peakMemory = Math.Max(_peakMemory, Math.Max(hardware.PeakMemoryBytes ?? 0, hardware.MemoryBytes));
                _recent.Enqueue(step);
                if (_recent.Count > SpeedWindow) _recent.Dequeue();
                break;
            case EvaluationEvent evaluation:
                _evaluation = evaluation;
                break;
            case CheckpointEvent checkpoint:
                CheckpointStep = checkpoint.Step;
                break;
        }
    }

    /// <summary>The run as lists show it.</summary>
    /// <param name="stored">What was asked and what people added.</param>
    /// <param name="diskBytes">Bytes of its folder.</param>
    public RunSummary Summarize(StoredRun stored, long diskBytes)
    {
        // A run without a word was made in the terminal and never begun: like an interrupted one it waits for the next start.
        var status = stored.Problem is null ? Status ?? RunStatus.Interrupted : RunStatus.Failed;
        var spec = stored.Spec;
        return new RunSummary
        {
            Id = stored.Folder.Id,
            Name = stored.Name,
            Status = status,
            Reason = stored.Problem ?? _status?.Reason,
            WaitsForSpace = status == RunStatus.Paused && _status is { WaitsForSpace: true },
            IsDamaged = stored.Problem is not null,
            CreatedAt = stored.CreatedAt,
            EndedAt = status.IsTerminal() ? _status?.Time : null,
            Preset = spec.Preset,
            Corpus = spec.Data.Corpus,
            ParameterCount = Environment?.ParameterCount ?? (stored.Problem is null ? ModelArithmetic.ParameterCount(spec.Model) : 0),
            Step = _stepsDone,
            Steps = stored.Steps,
            TrainLoss = _step?.Loss,
            ValidationLoss = _evaluation?.Loss,
            EntropyFloor = Dataset?.EntropyFloor,
            TokensPerSecond = _step?.TokensPerSecond,
            TimeLeft = status == RunStatus.Running ? TimeLeft(stored.Steps) : null,
            Stage = _progress?.Stage,
            StageFraction = _progress?.Fraction,
            HasCheckpoint = CheckpointStep > 0,
            WallTime = _step?.WallTime,
            Tokens = _step?.Tokens ?? 0,
            PeakMemoryBytes = _peakMemory > 0 ? _peakMemory : null,
            FlopsPerToken = Environment?.FlopsPerToken,
            DiskBytes = diskBytes,
            Group = spec.Group,
            Notes = stored.Notes.Notes,
            Tags = stored.Notes.Tags ?? RunTags.None,
            IsStarred = stored.Notes.Star,
            IsArchived = stored.Notes.Archived,
            Color = stored.Notes.Color,
        };
    }

    private TimeSpan? TimeLeft(int steps)
    {
        if (_step is not { } last || !_recent.TryPeek(out var first) || last.Step <= first.Step) return null;
        var secondsPerStep = (last.WallTime - first.WallTime) / (last.Step - first.Step);
        var seconds = secondsPerStep * Math.Max(0, steps - _stepsDone);
        return seconds is >= 0 and < 1e9 ? TimeSpan.FromSeconds(Math.Round(seconds)) : null;
    }
}
