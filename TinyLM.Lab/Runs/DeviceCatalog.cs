using System.Reflection;
using System.Text.Json;
using TinyLM.Lab.Hosting;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Runs;

/// <summary>Asks a worker once, in the background, and keeps the answer. A worker that fails is an answer too: a report with the problem in words.</summary>
/// <param name="probe">Asks.</param>
/// <param name="lifetime">Says when the lab listens; nothing is asked before.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told what was found, or what is missing.</param>
internal sealed class DeviceCatalog(IDeviceProbe probe, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DeviceCatalog> logger) : BackgroundService, IDeviceCatalog
{
    private const string Command = "dotnet run --project TinyLM.Lab -- train --devices";

    /// <summary>The first load of the native library reads half a gigabyte, perhaps from a slow disk.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly TaskCompletionSource<DeviceReport> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public DeviceReport? Current => _report.Task.IsCompletedSuccessfully ? _report.Task.Result : null;

    /// <inheritdoc/>
    public Task<DeviceReport> GetAsync(CancellationToken cancellationToken = default) => _report.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
            _report.SetResult(await AskAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            _report.TrySetCanceled(stoppingToken);
        }
    }

    private async Task<DeviceReport> AskAsync(CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stoppingToken);
        DeviceReport report;
        try
        {
            report = Read(await probe.AskAsync(either.Token));
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            report = Broken($"the worker process did not tell within {s_patience.TotalMinutes:F0} minutes what this machine can train on. Start the lab again; if it stays so, '{Command}' in a terminal shows where it hangs.");
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            logger.LogDebug(e, "The worker process could not be started.");
            report = Broken($"the worker process could not be started: {e.Message}");
        }

        if (report.Problem is not null) logger.LogWarning("{Problem}", report.Problem);
        else logger.LogInformation("Trains on {Device} ({DeviceId}), TorchSharp {Version}.", report.Devices[0].Name, report.Devices[0].Id, report.TorchSharpVersion);
        return report;
    }

    private DeviceReport Read(DeviceAnswer answer)
    {
        if (answer.Error.Trim() is { Length: > 0 } error) logger.LogDebug("The worker that was asked for devices wrote: {Error}", error);
        try
        {
            if (JsonSerializer.Deserialize<DeviceReport>(answer.Output, RunJson.Line) is { } report)
                return report.Devices.Count > 0 || report.Problem is not null ? report : report with { Problem = "Training is not possible here: TorchSharp found no device, not even the processor." };
        }
        catch (JsonException e)
        {
            logger.LogDebug(e, "The worker's answer is no device report: {Output}", answer.Output);
        }

        return Broken(answer.ExitCode == 0
            ? $"the worker process did not tell what this machine can train on. '{Command}' in a terminal shows what it writes instead."
            : $"the worker process ended with code {answer.ExitCode} before it could tell what this machine can train on{Meaning(answer.ExitCode)}. '{Command}' in a terminal shows what it wrote.");
    }

    /// <summary>What systems mean by the codes that native libraries leave behind.</summary>
    private static string Meaning(int exitCode) => unchecked((uint)exitCode) switch
    {
        139 or 0xC0000005 => ": TorchSharp's native library crashed",
        137 => ": the system ended it, most likely because memory ran out",
        132 or 0xC000001D => ": TorchSharp's native library uses instructions that this processor lacks",
        134 or 0xC0000409 => ": TorchSharp's native library gave up",
        _ => "",
    };

    private static DeviceReport Broken(string problem) => new()
    {
        Devices = [],
        Problem = $"Training is not possible here: {problem}",
        TorchSharpVersion = ReadTorchSharpVersion(),
    };

    /// <summary>From the file's metadata: the serving process never loads TorchSharp.</summary>
    private static string ReadTorchSharpVersion()
    {
        try
        {
            return AssemblyName.GetAssemblyName(Path.Combine(AppContext.BaseDirectory, "TorchSharp" + ".dll")).Version?.ToString(3) ?? "unknown";
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return "missing";
        }
    }
}
