using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The lab as it is, in this process, on a data directory of its own and a free loopback port; devices are asked of no worker.</summary>
public sealed class RealLab : IAsyncLifetime
{
    private readonly TempLab _directory = new();
    private WebApplication? _app;

    /// <summary>Where the pages are.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <summary>Answers what this machine can train on.</summary>
    internal FakeDeviceProbe Devices { get; } = new();

    /// <summary>Its data directory.</summary>
    internal LabDirectory Directory => _directory.Directory;

    /// <summary>Its services.</summary>
    internal IServiceProvider Services => _app!.Services;

    /// <summary>Starts to serve.</summary>
    public async ValueTask InitializeAsync()
    {
        _app = LabApplication.Build(
            ["--urls=http://127.0.0.1:0", $"--{LabDirectory.Setting}={Directory.Path}", "--Logging:LogLevel:Default=Error"],
            services => services.AddSingleton<IDeviceProbe>(Devices));
        _ = Services.GetRequiredService<LabLock>();
        await _app.StartAsync();
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
