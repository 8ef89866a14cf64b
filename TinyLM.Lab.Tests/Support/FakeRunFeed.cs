using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>A run that a test writes by hand and that pages read as they read a real one. Thread-safe.</summary>
public sealed class FakeRunFeed(RunSummary summary) : IRunFeed
{
    private readonly Lock _lock = new();
    private readonly List<StepEvent> _steps = [];
    private readonly List<EvaluationEvent> _evaluations = [];
    private readonly List<SampleEvent> _samples = [];
    private readonly List<WarningEvent> _warnings = [];
    private readonly List<CheckpointEvent> _checkpoints = [];
    private RunSummary _summary = summary;
    private EnvironmentEvent? _environment;
    private DatasetEvent? _dataset;
    private int _generation = 1;

    /// <summary>What a person should look at.</summary>
    public IReadOnlyList<RunAlert> Alerts { get; set; } = [];

    /// <summary>The run as it stands.</summary>
    public RunSummary Summary
    {
        get { lock (_lock) return _summary; }
    }

    /// <summary>Changes the summary.</summary>
    public void Become(Func<RunSummary, RunSummary> change)
    {
        lock (_lock) _summary = change(_summary);
    }

    /// <summary>Adds an event, and to the summary what follows from it.</summary>
    public void Add(RunEvent happened)
    {
        lock (_lock)
        {
            switch (happened)
            {
                case StepEvent step:
                    _steps.Add(step);
                    _summary = _summary with { Step = step.Step, TrainLoss = step.Loss, TokensPerSecond = step.TokensPerSecond };
                    break;
                case EvaluationEvent evaluation:
                    _evaluations.Add(evaluation);
                    _summary = _summary with { ValidationLoss = evaluation.Loss };
                    break;
                case SampleEvent sample:
                    _samples.Add(sample);
                    break;
                case WarningEvent warning:
                    _warnings.Add(warning);
                    break;
                case CheckpointEvent checkpoint:
                    _checkpoints.Add(checkpoint);
                    _summary = _summary with { HasCheckpoint = true };
                    break;
                case EnvironmentEvent environment:
                    _environment = environment;
                    break;
                case DatasetEvent dataset:
                    _dataset = dataset;
                    _summary = _summary with { EntropyFloor = dataset.EntropyFloor };
                    break;
                case StatusEvent status:
                    _summary = _summary with { Status = status.Status, Reason = status.Reason };
                    break;
                default:
                    throw new ArgumentException($"The fake feed does not know {happened.GetType().Name}.", nameof(happened));
            }
        }
    }

    /// <summary>Takes back what came after a step, as a resumed run does.</summary>
    public void RewindTo(int step)
    {
        lock (_lock)
        {
            _steps.RemoveAll(one => one.Step > step);
            _evaluations.RemoveAll(one => one.Step > step);
            _samples.RemoveAll(one => one.Step > step);
            _generation++;
        }
    }

    /// <inheritdoc/>
    public RunFeedUpdate Read(RunFeedCursor cursor)
    {
        lock (_lock)
        {
            var isReset = cursor.Generation != _generation;
            if (isReset) cursor = new RunFeedCursor(_generation, 0, 0, 0);
            return new RunFeedUpdate
            {
                Cursor = new RunFeedCursor(_generation, _steps.Count, _evaluations.Count, _samples.Count),
                IsReset = isReset,
                Steps = _steps[cursor.Steps..],
                Evaluations = _evaluations[cursor.Evaluations..],
                Samples = _samples[cursor.Samples..],
                Summary = _summary,
                Environment = _environment,
                Dataset = _dataset,
                Warnings = [.. _warnings],
                Checkpoints = [.. _checkpoints],
                Alerts = Alerts,
            };
        }
    }
}
