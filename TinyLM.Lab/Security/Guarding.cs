using Microsoft.Extensions.DependencyInjection.Extensions;
using TinyLM.Lab.Library;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Cleaning;
using TinyLM.Lab.Runs.Logs;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Security;

/// <summary>Puts guards before the services that people reach. What the lab does by itself asks for the service under <see cref="Inside"/>.</summary>
internal static class Guarding
{
    /// <summary>Key of the services as they are, without a guard: for the lab's own work, never for what a person asks for.</summary>
    public const string Inside = "inside";

    /// <summary>Pages, endpoints and their helpers get every one of these with its guard, as who they work for.</summary>
    public static IServiceCollection GuardForVisitors(this IServiceCollection services)
    {
        services.AddScoped<Visitor>();
        services.TryAddSingleton<Allowances>();
        services.AddGuard<IRunService>();
        services.AddGuard<IRunQueueService>();
        services.AddGuard<ICheckpointCleaner>();
        services.AddGuard<ICorpusLibrary>();
        services.AddGuard<ITokenizerLibrary>();
        services.AddGuard<ITokenizerTrainings>();
        services.AddGuard<IModelLibrary>();
        services.AddGuard<IPresetLibrary>();
        services.AddGuard<IStudioStore>();
        services.AddGuard<ILogDirectories>();
        services.MoveInside(typeof(IModelHost));
        services.AddScoped<IModelHost>(provider => new PersonalModelHost(
            provider.GetRequiredKeyedService<IModelHost>(Inside), provider.GetRequiredService<Visitor>(), provider.GetRequiredService<Allowances>()));
        return services;
    }

    private static void AddGuard<T>(this IServiceCollection services)
        where T : class
    {
        services.MoveInside(typeof(T));
        services.AddScoped(provider => Guard<T>.Before(
            provider.GetRequiredKeyedService<T>(Inside), provider.GetRequiredService<Visitor>(), provider.GetRequiredService<Allowances>()));
    }

    private static void MoveInside(this IServiceCollection services, Type service)
    {
        var own = services.Last(descriptor => descriptor.ServiceType == service && !descriptor.IsKeyedService);
        services.Remove(own);
        services.Add(own switch
        {
            { ImplementationInstance: { } instance } => ServiceDescriptor.KeyedSingleton(service, Inside, instance),
            { ImplementationFactory: { } make } => ServiceDescriptor.KeyedSingleton(service, Inside, (provider, _) => make(provider)),
            _ => ServiceDescriptor.KeyedSingleton(service, Inside, own.ImplementationType!),
        });
    }
}
