using System.Text.Json;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Lab.Runs;

/// <summary>What becomes of a worker's answer, whatever it is.</summary>
public sealed class DeviceCatalogTests
{
    private readonly FakeDeviceProbe _probe = new();
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Answer_OfAWorker_IsKept()
    {
        using var catalog = await StartAsync();

        var report = await catalog.GetAsync(TestContext.Current.CancellationToken);

        Assert.Equal("cpu", Assert.Single(report.Devices).Id);
        Assert.Null(report.Problem);
        Assert.Same(report, catalog.Current);
    }

    [Fact]
    public async Task Answer_WithAProblem_IsKeptAsItIs()
    {
        _probe.Answer = new DeviceAnswer(0, JsonSerializer.Serialize(FakeDeviceCatalog.Broken, RunJson.Indented), "");

        Assert.Equal(FakeDeviceCatalog.Broken.Problem, (await ReportAsync()).Problem);
    }

    [Theory]
    [InlineData(139, "", "ended with code 139 before it could tell what this machine can train on: TorchSharp's native library crashed")]
    [InlineData(137, "", "memory ran out")]
    [InlineData(1, "", "ended with code 1 ")]
    [InlineData(0, "", "did not tell what this machine can train on")]
    [InlineData(0, "Hello", "did not tell what this machine can train on")]
    [InlineData(0, "null", "did not tell what this machine can train on")]
    [InlineData(0, """{"devices":[],"torchSharpVersion":"0.107.0"}""", "found no device")]
    public async Task Worker_ThatFails_IsAProblemInWords(int exitCode, string output, string words)
    {
        _probe.Answer = new DeviceAnswer(exitCode, output, "Unhandled exception.\n   at TorchSharp.torch.TryInitialize()");

        var report = await ReportAsync();

        Assert.Empty(report.Devices);
        Assert.Contains(words, report.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", report.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(report.TorchSharpVersion);
    }

    [Fact]
    public async Task Worker_ThatCannotStart_IsAProblemInWords()
    {
        _probe.Failure = new System.ComponentModel.Win32Exception(2, "No such file or directory");

        Assert.Contains("could not be started: No such file or directory", (await ReportAsync()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_ThatHangs_IsAProblemInWords()
    {
        _probe.Hangs = true;
        using var catalog = await StartAsync();
        Assert.Null(catalog.Current);

        await _probe.Asked.WaitAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Contains("did not tell within 3 minutes", (await catalog.GetAsync(TestContext.Current.CancellationToken)).Problem, StringComparison.Ordinal);
    }

    private async Task<DeviceReport> ReportAsync()
    {
        using var catalog = await StartAsync();
        return await catalog.GetAsync(TestContext.Current.CancellationToken);
    }

    private async Task<DeviceCatalog> StartAsync()
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        lifetime.NotifyStarted();
        var catalog = new DeviceCatalog(_probe, lifetime, _clock, NullLogger<DeviceCatalog>.Instance);
        await catalog.StartAsync(TestContext.Current.CancellationToken);
        return catalog;
    }
}
