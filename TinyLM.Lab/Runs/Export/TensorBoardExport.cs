using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Export;

/// <summary>Writes the curves of a run as a TensorBoard event file, one scalar a tag.</summary>
internal static class TensorBoardExport
{
    /// <summary>Name of the file: TensorBoard looks for <c>tfevents</c> in names.</summary>
    public static string NameOf(RunFolder run) => $"events.out.tfevents.{RunStore.TimeOf(run.Id)?.ToUnixTimeSeconds() ?? 0}.{run.Id}";

    /// <summary>Writes every step and evaluation.</summary>
    public static void Write(RunFolder run, Stream stream, CancellationToken cancellationToken)
    {
        var reader = new RunEventReader(run);
        var isFirst = true;
        while (reader.Read() is { Count: > 0 } events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var happened in events)
            {
                if (isFirst) TensorBoardFile.Write(stream, new TensorBoardEvent(Seconds(happened), 0, TensorBoardFile.Version, []));
                isFirst = false;
                if (ToScalars(happened) is { } scalars) TensorBoardFile.Write(stream, scalars);
            }
        }
    }

    /// <summary>The curves' points of an event; null where it has none.</summary>
    public static TensorBoardEvent? ToScalars(RunEvent happened) => happened switch
    {
        StepEvent step => new TensorBoardEvent(Seconds(step), step.Step, null, [.. Scalars(step)]),
        EvaluationEvent evaluation => new TensorBoardEvent(Seconds(evaluation), evaluation.Step, null, [("loss/validation", (float)evaluation.Loss)]),
        _ => null,
    };

    /// <summary>Seconds since 1970.</summary>
    public static double Seconds(RunEvent happened) => (happened.Time - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static IEnumerable<(string, float)> Scalars(StepEvent step)
    {
        yield return ("loss/train", (float)step.Loss);
        yield return ("learning_rate", (float)step.LearningRate);
        yield return ("gradient_norm", (float)step.GradientNorm);
        yield return ("tokens_per_second", (float)step.TokensPerSecond);
        if (step.FlopsUtilization is { } utilization) yield return ("flops_utilization", (float)utilization);
        if (step.UpdateRatio is { } ratio) yield return ("update_ratio", (float)ratio);
    }
}
