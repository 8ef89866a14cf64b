using TinyLM.Lab.Api;
using TinyLM.Lab.Components;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Hosting;

/// <summary>Registers what the pages and the background work of the lab need.</summary>
internal static class LabServices
{
    /// <summary>The lab on a data directory. Nothing is opened before the first service is asked for.</summary>
    public static IServiceCollection AddLab(this IServiceCollection services, LabDirectory directory, IConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(directory);
        services.AddSingleton(_ => AccessTokens.Of(directory));
        services.AddSingleton(_ => LabLock.Acquire(directory));
        services.AddSingleton<ICorpusLibrary, CorpusLibrary>();
        services.AddSingleton<IPresetLibrary, PresetLibrary>();
        services.AddSingleton<TokenizerLibrary>();
        services.AddSingleton<ITokenizerLibrary>(provider => provider.GetRequiredService<TokenizerLibrary>());
        services.AddSingleton<ITokenizerTrainings, TokenizerTrainings>();
        services.AddSingleton<IFertilityMeter, FertilityMeter>();
        services.AddSingleton(configuration.GetSection(ModelHostOptions.Section).Get<ModelHostOptions>() ?? new ModelHostOptions());
        services.AddSingleton<CheckpointShelf>();
        services.AddSingleton<IModelHost, ModelHost>();
        services.AddSingleton<IStartModel, StartModel>();
        services.AddSingleton<IStudioStore, StudioStore>();
        services.AddSingleton<IModelLibrary, ModelLibrary>();
        services.AddSingleton<SampleTexts>();
        services.AddSingleton<IModelInspector, ModelInspector>();
        services.AddSingleton<ITrainingTexts, TrainingTexts>();
        services.AddSingleton<IDeviceProbe, WorkerDeviceProbe>();
        services.AddSingleton<DeviceCatalog>();
        services.AddSingleton<IDeviceCatalog>(provider => provider.GetRequiredService<DeviceCatalog>());
        services.AddHostedService(provider => provider.GetRequiredService<DeviceCatalog>());
        services.AddSingleton<IRunEstimator, RunEstimator>();
        services.AddRuns();
        services.AddOpenAiApi();
        services.AddLabComponents();
        services.AddOpenApi();
        services.AddHealthChecks().AddCheck<DataDirectoryCheck>("data directory");
        services.AddLabTelemetry(configuration);
        return services;
    }
}
