using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Runs.Laws;

/// <summary>Finished runs as points of a law.</summary>
public static class RunPoints
{
    /// <summary>Runs that were trained to their end and measured; the loss is that of their validation.</summary>
    public static IReadOnlyList<RunSummary> Finished(IEnumerable<RunSummary> runs) =>
        [.. runs.Where(run => run is { Status: RunStatus.Completed, ValidationLoss: > 0, Tokens: > 0, ParameterCount: > 0 } && double.IsFinite(run.ValidationLoss.Value))];

    /// <summary>The point of a finished run.</summary>
    public static LossPoint Of(RunSummary run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new LossPoint(run.ParameterCount, run.Tokens, run.ValidationLoss ?? throw new ArgumentException($"Run {run.Id} has no validation loss.", nameof(run)));
    }
}
