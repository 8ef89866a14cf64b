using System.Diagnostics;
using TinyLM.Lab.Commands;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>A worker as the process that it is.</summary>
internal sealed class WorkerProcess(Process process, WorkerLog log) : IWorker
{
    /// <inheritdoc/>
    public int ProcessId { get; } = process.Id;

    /// <inheritdoc/>
    public bool HasExited => process.HasExited;

    /// <inheritdoc/>
    public bool FoundRunTaken => process.HasExited && process.ExitCode == ExitCode.RunTaken;

    /// <inheritdoc/>
    public string Ending => log.LastLine() is { } line ? $"{DescribeExit(process.ExitCode)} Its last words: {line}" : DescribeExit(process.ExitCode);

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    /// <summary>An exit code in words; .NET reports the end by a signal as 128 and its number.</summary>
    internal static string DescribeExit(int code) => code switch
    {
        ExitCode.Success => "It left as if all were done.",
        128 + 9 => "It was killed (signal 9), as the system does when memory runs out.",
        128 + 6 or 128 + 11 or 128 + 4 or 128 + 7 or 128 + 8 => $"It crashed in native code (signal {code - 128}).",
        > 128 and < 128 + 65 when !OperatingSystem.IsWindows() => $"It was ended by signal {code - 128}.",
        _ => $"It left with exit code {code}.",
    };
}
