using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Configuration.Memory;
using TinyLM.Lab.Api;
using TinyLM.Lab.Components;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Hosting;

/// <summary>Composes the web application.</summary>
internal static class LabApplication
{
    /// <summary>Used where no settings file is found, so that a lab without one is as safe as a lab with one.</summary>
    private static readonly Dictionary<string, string?> s_defaults = new()
    {
        ["Urls"] = "http://localhost:5080",
        ["AllowedHosts"] = "localhost;127.0.0.1;[::1]",
    };

    /// <summary>Builds the application; nothing listens and nothing is locked yet.</summary>
    /// <param name="settings">Settings in the form <c>--Section:Key=value</c>; they win over files and environment.</param>
    /// <exception cref="InvalidDataException">An address lets other machines in while the lab is not open to the network, or limits make no sense; in words.</exception>
    /// <param name="replace">Puts other services in place of the lab's own, in tests.</param>
    public static WebApplication Build(string[] settings, Action<IServiceCollection>? replace = null)
    {
        var contentRoot = ContentRoot.Find();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = settings,
            ContentRootPath = contentRoot,
            ApplicationName = typeof(LabApplication).Assembly.GetName().Name, // whose static files are served, also where tests host the lab
        });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = s_defaults });
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical); // a port in use is told in words by the command
        builder.WebHost.UseStaticWebAssets(); // also outside Development, where `dotnet run` without launch settings is
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning); // it would write addresses, and a link has a token in its address
        var openness = new LabOpenness(builder.Configuration.GetValue<bool>(LabOpenness.Setting));
        var limits = builder.Configuration.GetSection(LabLimits.Section).Get<LabLimits>() ?? new LabLimits();
        if (limits.Validate() is { Count: > 0 } problems) throw new InvalidDataException(string.Join(' ', problems));
        ListenAddresses.Check(builder.Configuration, openness);
        if (openness.ToNetwork) builder.WebHost.UseUrls(ListenAddresses.Open(builder.Configuration["urls"]));
        builder.Services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["*"]); // HostCheck knows more names
        builder.Services.AddSingleton(openness);
        builder.Services.AddSingleton(limits);
        builder.Services.AddLab(LabDirectory.From(builder.Configuration, contentRoot), builder.Configuration);
        replace?.Invoke(builder.Services);
        builder.Services.GuardForVisitors();

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseMiddleware<HostCheck>();
        app.UseOriginCheck();
        app.UseMiddleware<AccessCheck>();
        app.UseLabFullCheck();
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseAntiforgery();
        app.MapStaticAssets().WithMetadata(new OpenToAllAttribute());
        app.MapDoor();
        app.MapOpenAiApi();
        app.MapModelDownloads();
        app.MapOpenApi("/api/openapi.json");
        app.MapHealthChecks("/health");
        app.MapRuns();
        app.MapQueue();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null) // ours is stricter
            .WithMetadata(new OpenToViewersAttribute()); // whose handlers ask the guards of the services
        return app;
    }
}
