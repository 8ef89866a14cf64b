using System.Globalization;
using System.Text;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Export;

/// <summary>Writes the curves of a run as comma-separated values (RFC 4180): a row a step, the validation loss in the row of its step.</summary>
internal static class CsvExport
{
    /// <summary>First row.</summary>
    public const string Header = "step,loss,learning_rate,gradient_norm,tokens,tokens_per_second,wall_time,flops_utilization,update_ratio,data_seconds,forward_seconds,backward_seconds,optimizer_seconds,validation_loss";

    /// <summary>Writes every step that the run's events have, whatever their number; reads along in blocks.</summary>
    public static async Task WriteAsync(RunFolder run, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(Header.AsMemory(), cancellationToken);
        var reader = new RunEventReader(run);
        StepEvent? waiting = null;
        while (reader.Read() is { Count: > 0 } events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var happened in events)
            {
                switch (happened)
                {
                    case StepEvent step:
                        if (waiting is not null) await writer.WriteLineAsync(Row(waiting, null));
                        waiting = step;
                        break;
                    case EvaluationEvent evaluation when evaluation.Step == waiting?.Step:
                        await writer.WriteLineAsync(Row(waiting, evaluation.Loss));
                        waiting = null;
                        break;
                    case EvaluationEvent evaluation:
                        if (waiting is not null) await writer.WriteLineAsync(Row(waiting, null));
                        waiting = null;
                        await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{evaluation.Step},,,,,,{evaluation.WallTime:R},,,,,,,{evaluation.Loss:R}"));
                        break;
                }
            }
        }

        if (waiting is not null) await writer.WriteLineAsync(Row(waiting, null));
    }

    private static string Row(StepEvent step, double? validation) => string.Create(
        CultureInfo.InvariantCulture,
        $"{step.Step},{step.Loss:R},{step.LearningRate:R},{step.GradientNorm:R},{step.Tokens},{step.TokensPerSecond:R},{step.WallTime:R},{step.FlopsUtilization:R},{step.UpdateRatio:R},{step.Times?.Data:R},{step.Times?.Forward:R},{step.Times?.Backward:R},{step.Times?.Optimizer:R},{validation:R}");
}
