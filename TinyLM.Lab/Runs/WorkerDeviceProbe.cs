using System.Diagnostics;
using TinyLM.Lab.Runs.Workers;

namespace TinyLM.Lab.Runs;

/// <summary>Asks by a process of its own, whose crash hurts nobody.</summary>
internal sealed class WorkerDeviceProbe : IDeviceProbe
{
    /// <inheritdoc/>
    public async Task<DeviceAnswer> AskAsync(CancellationToken cancellationToken)
    {
        string[] command = [.. WorkerProgram.Command(), "train", "--devices"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new IOException($"'{start.FileName}' did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new DeviceAnswer(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
