namespace TinyLM.Model.Runs;

/// <summary>How busy a worker keeps its machine.</summary>
public sealed record HardwareReading
{
    /// <summary>Processors that the worker kept busy since the last look: 1.9 of 2.</summary>
    public required double Processors { get; init; }

    /// <summary>Memory that the worker holds, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The most that it has held so far, bytes; null in runs of before this was noted.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>The graphics card, where one trains and its driver tells.</summary>
    public GpuReading? Gpu { get; init; }
}
