using System.Globalization;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Commands;

/// <summary>A run in the terminal: one line that is written over, or plain lines where the output is a file or a pipe.</summary>
/// <param name="feed">The run.</param>
/// <param name="output">Where to write.</param>
/// <param name="isLive">Whether a line can be written over.</param>
/// <param name="clock">Tells when the next plain line is due.</param>
internal sealed class TrainingDisplay(RunFeed feed, TextWriter output, bool isLive, TimeProvider clock)
{
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(5);

    private RunFeedCursor _cursor;
    private string _line = "";
    private int _width;
    private int _warnings;
    private int _sampledStep;
    private long? _writtenAt;

    /// <summary>Shows what is new.</summary>
    public void Show() => Show(isLast: false);

    /// <summary>Shows how it ended, where the run lies and what can be done with it.</summary>
    public void ShowLast(RunFolder run)
    {
        feed.Invalidate();
        Show(isLast: true);
        var summary = feed.Summary;
        if (isLive) output.WriteLine();
        output.WriteLine(summary.Status switch
        {
            RunStatus.Completed => $"Completed after {Number(summary.Step)} steps.",
            RunStatus.Interrupted or RunStatus.Stopped => $"Stopped after {Number(summary.Step)} steps. To go on: train --resume {run.Id}{(summary.Status == RunStatus.Interrupted ? " (the lab does so by itself at its next start)" : "")}",
            RunStatus.Failed => $"Failed: {summary.Reason}",
            _ => $"Ended after {Number(summary.Step)} steps; the lines above say why. To go on: train --resume {run.Id}",
        });
        output.WriteLine($"The run lies in {run.Path}");
        if (summary.HasCheckpoint) output.WriteLine($"To write with it: generate --run {run.Id} --prompt \"Once upon a time\"");
    }

    private void Show(bool isLast)
    {
        var update = feed.Read(_cursor);
        _cursor = update.Cursor;
        foreach (var warning in update.Warnings.Skip(_warnings)) WriteBlock($"Warning: {TerminalWriter.Printable(warning.Message)}");
        _warnings = update.Warnings.Count;
        foreach (var sample in update.Samples.Where(sample => sample.Step > _sampledStep))
        {
            WriteBlock($"Step {Number(sample.Step)} writes: {TerminalWriter.Printable(sample.Prompt + sample.Text).Trim()}");
            _sampledStep = sample.Step;
        }

        var line = Describe(update.Summary);
        if (line == _line) return;
        if (isLive)
        {
            var shown = line[..Math.Min(line.Length, Width() - 1)];
            output.Write("\r" + shown.PadRight(_width));
            _width = shown.Length;
        }
        else
        {
            if (!isLast && _writtenAt is { } last && clock.GetElapsedTime(last) < s_plainInterval) return;
            output.WriteLine(line);
        }

        output.Flush();
        _writtenAt = clock.GetTimestamp();
        _line = line;
    }

    private void WriteBlock(string text)
    {
        if (isLive) output.Write("\r" + new string(' ', _width) + "\r");
        output.WriteLine(text);
        (_line, _width) = ("", 0);
    }

    /// <summary>A line about a run.</summary>
    internal static string Describe(RunSummary run)
    {
        if (run.WaitsForSpace) return $"Paused at step {Number(run.Step)}: the disk is full. Free some space; the run goes on by itself.";
        if (run.Stage is { } stage) return string.Create(CultureInfo.InvariantCulture, $"{stage} {100 * (run.StageFraction ?? 0):0} %");
        if (run.Step == 0) return run.Status == RunStatus.Running ? "Starting" : "Preparing";
        var parts = new List<string> { $"step {Number(run.Step)}/{Number(run.Steps)}" };
        if (run.TrainLoss is { } loss) parts.Add(string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.000}"));
        if (run.ValidationLoss is { } validation) parts.Add(string.Create(CultureInfo.InvariantCulture, $"validation {validation:0.000}"));
        if (run.TokensPerSecond is { } speed) parts.Add($"{Number((long)speed)} tokens/s");
        if (run.TimeLeft is { } left) parts.Add($"{left:h\\:mm\\:ss} left");
        return string.Join("  ", parts);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static int Width()
    {
        try
        {
            return Console.WindowWidth > 20 ? Console.WindowWidth : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
