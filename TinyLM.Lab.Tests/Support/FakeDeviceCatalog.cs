using TinyLM.Lab.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Support;

/// <summary>Devices as a test says.</summary>
public sealed class FakeDeviceCatalog : IDeviceCatalog
{
    /// <summary>A machine with a processor only.</summary>
    public static DeviceReport Processor { get; } = new()
    {
        TorchSharpVersion = "0.107.0",
        Devices = [new TrainingDevice { Id = "cpu", Name = "AMD EPYC, 2 threads", MemoryBytes = 24_000_000_000, FlopsPerSecond = 210e9 }],
    };

    /// <summary>A machine whose native library does not load.</summary>
    public static DeviceReport Broken { get; } = new()
    {
        TorchSharpVersion = "0.107.0",
        Devices = [],
        Problem = "The native library of TorchSharp cannot load: GLIBCXX_3.4.32 is missing. Update libstdc++ and start the lab again.",
    };

    /// <inheritdoc/>
    public DeviceReport? Current { get; set; } = Processor;

    /// <inheritdoc/>
    public Task<DeviceReport> GetAsync(CancellationToken cancellationToken = default) =>
        Current is { } report ? Task.FromResult(report) : Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith<DeviceReport>(_ => throw new OperationCanceledException(cancellationToken), TaskScheduler.Default);
}
