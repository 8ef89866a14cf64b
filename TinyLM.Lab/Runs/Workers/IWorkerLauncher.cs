using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Workers;

/// <summary>Starts the processes that train.</summary>
internal interface IWorkerLauncher
{
    /// <summary>Starts a worker on a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isPaused">Whether the worker waits at once: the one before it waited too.</param>
    /// <param name="device">Where to train, for a run that did not ask for a certain device; null: as it asks.</param>
    /// <exception cref="InvalidOperationException">It cannot be started; the message says why.</exception>
    IWorker Start(RunFolder run, bool isPaused, string? device);
}

/// <summary>A worker that this lab has started. It outlives the lab, and disposing this ends nothing.</summary>
internal interface IWorker : IDisposable
{
    /// <summary>Its process.</summary>
    int ProcessId { get; }

    /// <summary>Whether it has left.</summary>
    bool HasExited { get; }

    /// <summary>Whether it left because another worker holds the run.</summary>
    bool FoundRunTaken { get; }

    /// <summary>How it left, in words, with the last it said; only once it has.</summary>
    string Ending { get; }
}
