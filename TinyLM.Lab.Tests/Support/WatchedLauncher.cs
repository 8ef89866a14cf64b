using System.Diagnostics;
using TinyLM.Lab.Runs.Workers;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Real workers, whose processes end with the test at the latest.</summary>
internal sealed class WatchedLauncher : IWorkerLauncher, IDisposable
{
    private readonly WorkerLauncher _launcher = new();
    private readonly List<Process> _processes = [];

    /// <summary>Told of each worker, by its process.</summary>
    public Action<int> Started { get; init; } = _ => { };

    public int Count => _processes.Count;

    public IWorker Start(RunFolder run, bool isPaused, string? device)
    {
        var worker = _launcher.Start(run, isPaused, device);
        _processes.Add(Process.GetProcessById(worker.ProcessId));
        Started(worker.ProcessId);
        return worker;
    }

    public void KillLast() => _processes[^1].Kill();

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
