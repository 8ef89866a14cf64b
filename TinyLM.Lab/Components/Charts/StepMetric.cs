using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Charts;

/// <summary>A figure that steps tell, as a curve.</summary>
/// <param name="Name">As the legend calls it.</param>
/// <param name="Read">The figure; null in steps that do not tell it.</param>
public sealed record StepMetric(string Name, Func<StepEvent, double?> Read)
{
    /// <summary>Tokens a second.</summary>
    public static StepMetric Throughput { get; } = new("tokens a second", step => step.TokensPerSecond);

    /// <summary>Global norm of the gradient before clipping.</summary>
    public static StepMetric GradientNorm { get; } = new("gradient norm", step => step.GradientNorm);

    /// <summary>Learning rate.</summary>
    public static StepMetric LearningRate { get; } = new("learning rate", step => step.LearningRate);

    /// <summary>Length of the update relative to that of the weights.</summary>
    public static StepMetric UpdateRatio { get; } = new("update to weight", step => step.UpdateRatio);

    /// <summary>Model FLOPs utilisation, from 0 to 1.</summary>
    public static StepMetric Utilization { get; } = new("model FLOPs utilisation", step => step.FlopsUtilization);

    /// <summary>Where the time of a step goes, in milliseconds.</summary>
    public static IReadOnlyList<StepMetric> Times { get; } =
    [
        new("data", step => 1000.0 * step.Times?.Data), new("forward", step => 1000.0 * step.Times?.Forward),
        new("backward", step => 1000.0 * step.Times?.Backward), new("optimizer", step => 1000.0 * step.Times?.Optimizer),
    ];

    /// <summary>Processors that the worker keeps busy.</summary>
    public static StepMetric Processors { get; } = new("processors", step => step.Hardware?.Processors);

    /// <summary>Bytes that the worker holds.</summary>
    public static StepMetric Memory { get; } = new("memory", step => step.Hardware?.MemoryBytes);

    /// <summary>Part of the time in which something ran on the graphics card.</summary>
    public static StepMetric GpuUtilization { get; } = new("GPU in use", step => step.Hardware?.Gpu?.Utilization);

    /// <summary>Bytes in use on the graphics card.</summary>
    public static StepMetric GpuMemory { get; } = new("GPU memory", step => step.Hardware?.Gpu?.MemoryBytes);

    /// <summary>Temperature of the graphics card, degrees Celsius.</summary>
    public static StepMetric GpuTemperature { get; } = new("GPU temperature", step => step.Hardware?.Gpu?.Temperature);

    /// <summary>Power of the graphics card, watts.</summary>
    public static StepMetric GpuPower { get; } = new("GPU power", step => step.Hardware?.Gpu?.Power);
}
