using Microsoft.Extensions.DependencyInjection.Extensions;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Runs.Workers;

namespace TinyLM.Lab.Runs;

/// <summary>Registers runs: folders, index, queue, workers, feeds.</summary>
internal static class RunServices
{
    /// <summary>Everything behind <see cref="IRunService"/>. Wants the data directory, its lock, a clock, the corpora and the devices.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunTrash>();
        services.AddSingleton<RunQueue>();
        services.AddSingleton<IRunQueueService, RunQueueService>();
        services.AddSingleton<RunIndex>();
        services.AddSingleton<RunCatalog>();
        services.AddSingleton<StatusJournal>();
        services.AddSingleton<CheckpointPolicyStore>();
        services.AddSingleton<ICheckpointCleaner, CheckpointCleaner>();
        services.AddSingleton<ILawFitter, LawFitter>();
        services.AddSingleton<ILogDirectories, LogDirectories>();
        services.TryAddSingleton<IWorkerLauncher, WorkerLauncher>();
        services.AddSingleton<TrainingService>();
        services.AddHostedService(provider => provider.GetRequiredService<TrainingService>());
        services.AddSingleton<IRunService, RunService>();
        return services;
    }
}
