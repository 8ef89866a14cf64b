using System.Text;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>What one worker wrote into worker.log.</summary>
/// <param name="run">The run.</param>
/// <param name="start">Where the worker's part begins, in bytes.</param>
internal sealed class WorkerLog(RunFolder run, long start)
{
    /// <summary>What each worker says first; no cause of anything.</summary>
    public const string Greeting = "A worker begins";

    private const int LongestLine = 300;
    private const int Tail = 1 << 14;

    /// <summary>The last line that says something, cut to a readable length; null where there is none. Stack traces are for the file.</summary>
    public string? LastLine()
    {
        try
        {
            using var file = new FileStream(run.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Min(file.Length, Math.Max(start, file.Length - Tail));
            using var text = new StreamReader(file, Encoding.UTF8);
            var line = text.ReadToEnd().Split('\n').Select(one => one.Trim()).LastOrDefault(SaysSomething);
            return line is { Length: > LongestLine } ? line[..LongestLine] + "…" : line;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool SaysSomething(string line) =>
        line.Length > 0 && !line.Contains(Greeting, StringComparison.Ordinal)
        && !line.StartsWith("at ", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal);
}
