using System.Diagnostics;
using TinyLM.Lab.Hosting;

namespace TinyLM.Lab.Runs;

/// <summary>Asks by a process of its own, whose crash hurts nobody.</summary>
internal sealed class WorkerDeviceProbe : IDeviceProbe
{
    /// <inheritdoc/>
    public async Task<DeviceAnswer> AskAsync(CancellationToken cancellationToken)
    {
        var start = OwnProgram.StartInfo("train", "--devices");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
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
