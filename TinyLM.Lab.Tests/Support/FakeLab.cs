using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TinyLM.Lab.Components;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The real pages over a fake lab, served on a free loopback port.</summary>
public sealed class FakeLab : IAsyncLifetime
{
    private WebApplication? _app;

    /// <summary>The runs.</summary>
    public FakeRunService Runs { get; } = new();

    /// <summary>The corpora.</summary>
    public FakeCorpusLibrary Library { get; } = new();

    /// <summary>The tokenizers.</summary>
    public FakeTokenizerLibrary Tokenizers { get; } = new();

    /// <summary>The trainings of tokenizers.</summary>
    public FakeTokenizerTrainings Trainings { get; } = new();

    /// <summary>The models.</summary>
    public FakeModelHost Models { get; } = new();

    /// <summary>What runs read.</summary>
    public FakeTrainingTexts Texts { get; } = new();

    /// <summary>The devices.</summary>
    public FakeDeviceCatalog Devices { get; } = new();

    /// <summary>Where the pages are.</summary>
    public Uri Address => new(_app!.Urls.First());

    /// <summary>Starts to serve.</summary>
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "TinyLM.Lab", ContentRootPath = Repository.Top });
        builder.WebHost.UseStaticWebAssets().UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // a browser may hold its connection
        builder.Services.AddLabComponents();
        builder.Services.AddSingleton<IRunService>(Runs);
        builder.Services.AddSingleton<IRunQueueService>(Runs);
        builder.Services.AddSingleton<ICheckpointCleaner>(new FakeCheckpointCleaner());
        builder.Services.AddSingleton<ILawFitter, LawFitter>();
        builder.Services.AddSingleton<IPresetLibrary>(new FakePresetLibrary());
        builder.Services.AddSingleton<ICorpusLibrary>(Library);
        builder.Services.AddSingleton<ITokenizerLibrary>(Tokenizers);
        builder.Services.AddSingleton<ITokenizerTrainings>(Trainings);
        builder.Services.AddSingleton<IFertilityMeter>(new FakeFertilityMeter(Library));
        builder.Services.AddSingleton<IModelHost>(Models);
        builder.Services.AddSingleton<IStudioStore, FakeStudioStore>();
        builder.Services.AddSingleton<IModelLibrary>(new FakeModelLibrary());
        builder.Services.AddSingleton<IDeviceCatalog>(Devices);
        builder.Services.AddSingleton<IModelInspector>(_ => new ModelInspector(Models, new SampleTexts(new LabDirectory("nowhere"), Runs), new ModelHostOptions()));
        builder.Services.AddSingleton<ITrainingTexts>(Texts);
        builder.Services.AddSingleton<IRunEstimator>(new FakeRunEstimator());
        builder.Services.AddSingleton<IStartModel>(new FakeStartModel());
        builder.Services.AddSingleton<ILogDirectories, LogDirectories>();
        builder.Services.AddSingleton(new LabOpenness(ToNetwork: false));
        builder.Services.GuardForVisitors();
        _app = builder.Build();
        _app.UseSecurityHeaders();
        _app.UseMiddleware<AccessCheck>();
        _app.UseStatusCodePagesWithReExecute("/not-found");
        _app.UseAntiforgery();
        _app.MapStaticAssets();
        _app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        await _app.StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
