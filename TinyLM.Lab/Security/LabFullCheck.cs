using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Gate;

namespace TinyLM.Lab.Security;

/// <summary>Answers with a page that waits where no more pages can be open at once.</summary>
internal static class LabFullCheck
{
    /// <summary>Looks at every page that is asked for; circuits that get past it are refused by <see cref="CircuitLink"/>.</summary>
    public static IApplicationBuilder UseLabFullCheck(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var audience = context.RequestServices.GetRequiredService<Audience>();
        if (context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null || !audience.IsFull) return next(context);

        context.Response.Headers.RetryAfter = LabFullPage.SecondsText;
        context.Response.Headers.CacheControl = "no-store";
        return new RazorComponentResult<LabFullPage>(new { audience.Most }) { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(context);
    });
}
