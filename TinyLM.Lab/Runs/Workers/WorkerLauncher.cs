using System.ComponentModel;
using System.Diagnostics;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>Starts this same program with the verb <c>train</c>.</summary>
/// <remarks>
/// A worker must outlive the lab, so no pipe ties the two. On Unix a shell opens worker.log as the worker's output and then
/// becomes the worker (exec: the same process), so that whatever the runtime or native code says last is kept too. The worker
/// stays in the lab's process group: Ctrl+C in the terminal reaches both, and the worker leaves with a checkpoint.
/// </remarks>
internal sealed class WorkerLauncher : IWorkerLauncher
{
    /// <inheritdoc/>
    public IWorker Start(RunFolder run, bool isPaused, string? device)
    {
        var start = OwnProgram.StartInfo(["train", "--run", run.Path, .. isPaused ? (string[])["--paused"] : [], .. device is null ? [] : (string[])["--on", device]]);
        var program = start.FileName;
        if (!OperatingSystem.IsWindows())
        {
            string[] worker = [program, .. start.ArgumentList];
            start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", run.LogPath, .. worker]) { UseShellExecute = false };
        }

        start.WorkingDirectory = run.Path;
        start.Environment["DOTNET_gcServer"] = "0"; // the worker's memory belongs to tensors

        var logStart = File.Exists(run.LogPath) ? new FileInfo(run.LogPath).Length : 0;
        try
        {
            return new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("The system started no process."), new WorkerLog(run, logStart));
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The worker '{program}' cannot be started: {e.Message}", e);
        }
    }
}
