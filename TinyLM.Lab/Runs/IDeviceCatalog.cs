using TinyLM.Model.Training;

namespace TinyLM.Lab.Runs;

/// <summary>What this machine can train on, as a worker found it: the serving process never loads TorchSharp's native library.</summary>
public interface IDeviceCatalog
{
    /// <summary>What was found; null until the worker has answered.</summary>
    DeviceReport? Current { get; }

    /// <summary>Waits for the answer.</summary>
    Task<DeviceReport> GetAsync(CancellationToken cancellationToken = default);
}
