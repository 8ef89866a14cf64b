using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Hosting;

/// <summary>Figures of the lab and its runs for OpenTelemetry; sent by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector.</summary>
internal sealed class LabTelemetry : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "TinyLM.Lab";

    private readonly Meter _meter;

    /// <summary>Registers the figures; each is read when a collector asks.</summary>
    public LabTelemetry(IMeterFactory meters, [FromKeyedServices(Guarding.Inside)] IRunService runs)
    {
        _meter = meters.Create(MeterName);
        _meter.CreateObservableGauge(
            "tinylm.runs", () => runs.List().GroupBy(run => run.Status).Select(group => new Measurement<int>(group.Count(), Tag("status", group.Key.ToString().ToLowerInvariant()))), description: "Runs by where they stand.");
        _meter.CreateObservableGauge("tinylm.run.loss", () => Live(runs, run => run.TrainLoss), unit: "nat", description: "Training loss of runs that train, nats per token.");
        _meter.CreateObservableGauge("tinylm.run.throughput", () => Live(runs, run => run.TokensPerSecond), unit: "{token}/s", description: "Tokens a second of runs that train.");
        _meter.CreateObservableGauge("tinylm.run.step", () => Live(runs, run => run.Step), unit: "{step}", description: "Steps done of runs that train.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<double>> Live(IRunService runs, Func<RunSummary, double?> read) =>
        from run in runs.List()
        where run.Status == RunStatus.Running
        let value = read(run)
        where value is { } number && double.IsFinite(number)
        select new Measurement<double>(value.Value, Tag("run", run.Id));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}

/// <summary>Registers <see cref="LabTelemetry"/>.</summary>
internal static class LabTelemetryServices
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Measures where somebody listens: an OTLP collector, or a listener of meters in this process.</summary>
    public static IServiceCollection AddLabTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<LabTelemetry>();
        if (string.IsNullOrEmpty(configuration[Endpoint])) return services;
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(MeterNames)
            .AddInstrumentation(provider => provider.GetRequiredService<LabTelemetry>())
            .AddOtlpExporter());
        return services;
    }

    /// <summary>The lab's own figures and those of ASP.NET Core and .NET.</summary>
    private static string[] MeterNames => [LabTelemetry.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Components.Server.Circuits", "System.Runtime"];
}
