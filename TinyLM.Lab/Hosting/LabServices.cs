namespace TinyLM.Lab.Hosting;

/// <summary>Registers what the pages and the background work of the lab need.</summary>
internal static class LabServices
{
    /// <summary>The lab on a data directory. Nothing is opened before the first service is asked for.</summary>
    public static IServiceCollection AddLab(this IServiceCollection services, LabDirectory directory)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(directory);
        services.AddSingleton(_ => LabLock.Acquire(directory));
        return services;
    }
}
