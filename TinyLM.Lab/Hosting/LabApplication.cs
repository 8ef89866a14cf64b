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
        builder.Services.AddLab(LabDirectory.From(builder.Configuration, contentRoot), builder.Configuration);
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseOriginCheck();
        app.UseStatusCodePagesWithReExecute("/not-found");
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapOpenAiApi();
        app.MapModelDownloads();
        app.MapOpenApi("/api/openapi.json");
        app.MapHealthChecks("/health");
        app.MapRuns();
        app.MapQueue();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null); // ours is stricter
        return app;
    }
}
