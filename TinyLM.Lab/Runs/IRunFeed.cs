using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>What happened in one run, in memory and bounded, read by many at their own pace: nothing is pushed and nothing is lost.</summary>
public interface IRunFeed
{
    /// <summary>Everything after <paramref name="cursor"/>; <c>default</c> reads from the start.</summary>
    RunFeedUpdate Read(RunFeedCursor cursor);
}

/// <summary>How far a reader has come.</summary>
/// <param name="Generation">Changes when the run was resumed and steps after its checkpoint were taken back: the reader starts over.</param>
/// <param name="Steps">Step events read.</param>
/// <param name="Evaluations">Evaluation events read.</param>
/// <param name="Samples">Sample events read.</param>
public readonly record struct RunFeedCursor(int Generation, int Steps, int Evaluations, int Samples);

/// <summary>What is new in a feed.</summary>
public sealed record RunFeedUpdate
{
    /// <summary>To be given to the next read.</summary>
    public required RunFeedCursor Cursor { get; init; }

    /// <summary>The lists start from the beginning; drop what was drawn.</summary>
    public required bool IsReset { get; init; }

    /// <summary>New points of the training curve, in order of steps.</summary>
    public required IReadOnlyList<StepEvent> Steps { get; init; }

    /// <summary>New validation losses.</summary>
    public required IReadOnlyList<EvaluationEvent> Evaluations { get; init; }

    /// <summary>New samples.</summary>
    public required IReadOnlyList<SampleEvent> Samples { get; init; }

    /// <summary>The run as it stands now.</summary>
    public required RunSummary Summary { get; init; }

    /// <summary>Device, threads, precision and versions, once a worker has told.</summary>
    public EnvironmentEvent? Environment { get; init; }

    /// <summary>Tokens and entropy floor, once the data are ready.</summary>
    public DatasetEvent? Dataset { get; init; }

    /// <summary>Every warning so far.</summary>
    public required IReadOnlyList<WarningEvent> Warnings { get; init; }

    /// <summary>What a person should look at now, the worst first.</summary>
    public IReadOnlyList<RunAlert> Alerts { get; init; } = [];

    /// <summary>Every checkpoint so far, in order of steps.</summary>
    public required IReadOnlyList<CheckpointEvent> Checkpoints { get; init; }
}
