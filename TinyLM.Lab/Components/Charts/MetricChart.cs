namespace TinyLM.Lab.Components.Charts;

/// <summary>A small chart of figures that steps tell.</summary>
/// <param name="Id">Id of the plot's element.</param>
/// <param name="Title">Above it.</param>
/// <param name="Look">Unit and formats.</param>
/// <param name="Metrics">Its curves.</param>
public sealed record MetricChart(string Id, string Title, CurveChartLook Look, IReadOnlyList<StepMetric> Metrics)
{
    private static readonly MetricChart[] s_learning =
    [
        Of("gradient-chart", "Gradient norm", StepMetric.GradientNorm, "norm", ".3f"),
        Of("rate-chart", "Learning rate", StepMetric.LearningRate, "rate", ".3~g"),
        Of("update-chart", "Update to weight", StepMetric.UpdateRatio, "ratio", ".3~g"),
    ];

    private static readonly MetricChart[] s_speed =
    [
        Of("throughput-chart", "Speed, tokens a second", StepMetric.Throughput, "tokens/s", ",.0f", "~s"),
        Of("utilization-chart", "Model FLOPs utilisation", StepMetric.Utilization, "part of the peak", ".1%", "~%"),
        new("times-chart", "Time of a step, ms", Small("ms", ".3~g"), StepMetric.Times),
    ];

    private static readonly MetricChart[] s_machine =
    [
        Of("processors-chart", "Processors in use", StepMetric.Processors, "processors", ".2f"),
        Of("memory-chart", "Memory of the worker, bytes", StepMetric.Memory, "bytes", ".3s", "~s"),
        Of("gpu-chart", "GPU in use", StepMetric.GpuUtilization, "part of the time", ".0%", "~%") with { IsOptional = true },
        Of("gpu-memory-chart", "GPU memory, bytes", StepMetric.GpuMemory, "bytes", ".3s", "~s") with { IsOptional = true },
        Of("gpu-temperature-chart", "GPU temperature, °C", StepMetric.GpuTemperature, "°C", ".0f") with { IsOptional = true },
        Of("gpu-power-chart", "GPU power, W", StepMetric.GpuPower, "W", ".0f") with { IsOptional = true },
    ];

    /// <summary>Whether many machines have nothing to show in it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The charts of a set.</summary>
    public static IReadOnlyList<MetricChart> Of(MetricSet set) => set switch { MetricSet.Speed => s_speed, MetricSet.Machine => s_machine, _ => s_learning };

    private static MetricChart Of(string id, string title, StepMetric metric, string unit, string format, string? axisFormat = null) => new(id, title, Small(unit, format, axisFormat), [metric]);

    private static CurveChartLook Small(string unit, string format, string? axisFormat = null) =>
        new() { Unit = unit, Format = format, AxisFormat = axisFormat ?? "~g", IsSmall = true };
}
