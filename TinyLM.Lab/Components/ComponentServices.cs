using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Components.Sampling;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Components;

/// <summary>What the pages need besides the lab's own services.</summary>
public static class ComponentServices
{
    /// <summary>The largest message from a browser: a long prompt that is pasted whole, upload chunks not counted.</summary>
    private const long LargestMessage = 1 << 20;

    /// <summary>Adds Blazor Server, MudBlazor and what a circuit needs.</summary>
    public static IServiceCollection AddLabComponents(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight;
            options.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.TryAddSingleton(new LabLimits());
        services.AddSingleton(provider => new Audience(provider.GetRequiredService<LabLimits>().Circuits));
        services.AddScoped<CircuitLink>();
        services.AddScoped<CircuitHandler>(provider => provider.GetRequiredService<CircuitLink>());
        services.AddScoped<CircuitHandler, VisitorCircuit>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SamplingSessions>();
        services.AddSingleton<StudioSessions>();
        services.AddScoped<RunCommands>();
        services.AddScoped<WritingTurn>();
        services.AddScoped<HeatDrawing>();
        return services;
    }
}
