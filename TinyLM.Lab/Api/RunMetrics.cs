using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Api;

/// <summary>What is new in a run since a cursor.</summary>
public sealed record RunMetrics
{
    /// <summary>To be given to the next request.</summary>
    public required string Cursor { get; init; }

    /// <summary>The lists start from the beginning: forget what was read before.</summary>
    public required bool IsReset { get; init; }

    /// <summary>New points of the training curve.</summary>
    public required IReadOnlyList<StepEvent> Steps { get; init; }

    /// <summary>New validation losses.</summary>
    public required IReadOnlyList<EvaluationEvent> Evaluations { get; init; }

    /// <summary>New samples.</summary>
    public required IReadOnlyList<SampleEvent> Samples { get; init; }

    /// <summary>What a person should look at now.</summary>
    public required IReadOnlyList<RunAlert> Alerts { get; init; }

    /// <summary>The run as it stands.</summary>
    public required RunSummary Run { get; init; }

    /// <summary>As a feed tells it.</summary>
    internal static RunMetrics Of(RunFeedUpdate update) => new()
    {
        Cursor = RunCursorText.Write(update.Cursor),
        IsReset = update.IsReset,
        Steps = update.Steps,
        Evaluations = update.Evaluations,
        Samples = update.Samples,
        Alerts = update.Alerts,
        Run = update.Summary,
    };
}
