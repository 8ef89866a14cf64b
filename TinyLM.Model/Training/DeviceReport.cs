namespace TinyLM.Model.Training;

/// <summary>What this machine can train on.</summary>
public sealed record DeviceReport
{
    /// <summary>Usable devices, the one that <c>auto</c> means first; empty where TorchSharp cannot load.</summary>
    public required IReadOnlyList<TrainingDevice> Devices { get; init; }

    /// <summary>What is missing and what to do, in words, where TorchSharp cannot load; else null.</summary>
    public string? Problem { get; init; }

    /// <summary>Version of TorchSharp.</summary>
    public required string TorchSharpVersion { get; init; }
}

/// <summary>A device that can train.</summary>
public sealed record TrainingDevice
{
    /// <summary>As <see cref="TrainingConfig.Device"/> names it: <c>cpu</c>, <c>cuda:0</c>, <c>mps</c>.</summary>
    public required string Id { get; init; }

    /// <summary>For people: "AMD EPYC, 2 threads".</summary>
    public required string Name { get; init; }

    /// <summary>Memory in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Measured floating-point operations a second in a matrix product of a small model's size, fp32; null where it was not measured.</summary>
    public double? FlopsPerSecond { get; init; }
}
