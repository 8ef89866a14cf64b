using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Runs;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The lab as it is, in this process, on a data directory of its own and a free loopback port; devices are asked of no worker.</summary>
public sealed class RealLab : IAsyncLifetime
{
    private readonly TempLab _directory = new();
    private WebApplication? _app;
    private int _port;

    /// <summary>Further settings, as <c>--Section:Key=value</c>.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>Puts other services in place of the lab's own.</summary>
    internal Action<IServiceCollection>? Replace { get; set; }

    /// <summary>Where the pages are.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <summary>Answers what this machine can train on.</summary>
    internal FakeDeviceProbe Devices { get; } = new();

    /// <summary>Its data directory.</summary>
    internal LabDirectory Directory => _directory.Directory;

    /// <summary>Its services.</summary>
    internal IServiceProvider Services => _app!.Services;

    /// <summary>
    /// Puts a run into the data directory that has ended with a checkpoint of a tiny model. It appears whole: a lab that serves
    /// would start a worker for a run of which nothing but the spec is there.
    /// </summary>
    /// <param name="id">The run.</param>
    /// <param name="config">Shape of the model; the tiny one if null.</param>
    /// <param name="earlier">Steps of checkpoints before the last, which is that of step 40.</param>
    internal RunFolder AddTrainedRun(string id, ModelConfig? config = null, params int[] earlier)
    {
        using var elsewhere = new TempLab();
        var written = WriteTrainedRun(elsewhere, id, config ?? TestCheckpoint.Config, earlier);
        var run = new RunFolder(Path.Combine(Directory.RunsPath, id));
        System.IO.Directory.Move(written.Path, run.Path);
        return run;
    }

    private static RunFolder WriteTrainedRun(TempLab lab, string id, ModelConfig config, int[] earlier)
    {
        var run = lab.AddRun(id, RunPresets.Quick.Spec with
        {
            Name = "Trained",
            Model = config,
            Tokenizer = new TokenizerSpec { VocabularySize = config.VocabularySize },
            Training = RunPresets.Quick.Spec.Training with { Steps = 40, WarmupSteps = 2 },
        });
        foreach (var step in (int[])[.. earlier, 40]) TestCheckpoint.Write(run.CheckpointPath(step), config, seed: step);
        using var events = new RunEventWriter(run);
        events.Append(TestRuns.Environment());
        events.Append(TestRuns.Dataset());
        for (var step = 1; step <= 40; step++) events.Append(TestRuns.Step(step));
        events.Append(TestRuns.Evaluation(40));
        events.Append(TestRuns.Checkpoint(40));
        events.Append(new StatusEvent { Time = TestRuns.Start.AddSeconds(41), Status = RunStatus.Completed, Step = 40 });
        return run;
    }

    /// <summary>Starts to serve.</summary>
    public async ValueTask InitializeAsync()
    {
        _app = LabApplication.Build(
            [$"--urls=http://127.0.0.1:{_port}", $"--{LabDirectory.Setting}={Directory.Path}", "--Logging:LogLevel:Default=Error", .. Settings],
            services =>
            {
                services.AddSingleton<IDeviceProbe>(Devices).Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // a browser may hold its connection
                Replace?.Invoke(services);
            });
        _ = Services.GetRequiredService<LabLock>();
        await _app.StartAsync();
        _port = Address.Port;
    }

    /// <summary>Ends it and starts it again at the same address, as after an update of the machine.</summary>
    public async Task RestartAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        await InitializeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _directory.Dispose();
    }
}
