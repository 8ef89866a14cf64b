using Microsoft.AspNetCore.Http.HttpResults;
using TinyLM.Lab.Api;
using TinyLM.Lab.Components.Gate;

namespace TinyLM.Lab.Security;

/// <summary>Finds out who asks, and turns away whoever may not. The circuit behind a page is asked like every other request.</summary>
/// <remarks>Endpoints that change something (all but GET and HEAD) are for teachers alone unless they are marked <see cref="OpenToViewersAttribute"/>.</remarks>
internal sealed class AccessCheck(RequestDelegate next, LabOpenness openness, IServiceProvider services)
{
    /// <summary>Asks and lets through, or answers 401 or 403 in the shape that the asker reads.</summary>
    public async Task InvokeAsync(HttpContext context, Visitor visitor)
    {
        var principal = openness.ToNetwork ? VisitorCookie.PrincipalOf(context.Request, services.GetRequiredService<AccessTokens>()) : Visitor.Principal(Role.Teacher, "", isLimited: false);
        context.User = principal;
        visitor.Become(principal);
        var endpoint = context.GetEndpoint()?.Metadata;
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && endpoint?.GetMetadata<OpenToViewersAttribute>() is null;
        try
        {
            if (endpoint?.GetMetadata<OpenToAllAttribute>() is null)
            {
                visitor.DemandLook();
                if (changes) visitor.DemandChange();
            }

            await next(context);
        }
        catch (NotAllowedException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, visitor.Role == Role.None ? StatusCodes.Status401Unauthorized : StatusCodes.Status403Forbidden, e.Message);
        }
        catch (LimitReachedException e) when (!context.Response.HasStarted)
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, e.Message);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string words)
    {
        context.Response.Headers.CacheControl = "no-store";
        var path = context.Request.Path;
        IResult answer = path switch
        {
            _ when path.StartsWithSegments("/v1", StringComparison.Ordinal) => Results.Json(new ApiException(status, words, code: status switch { 401 => "invalid_api_key", 403 => "not_allowed", _ => "rate_limit_exceeded" }).ToBody(), ApiJson.Options, statusCode: status),
            _ when status == StatusCodes.Status401Unauthorized && HttpMethods.IsGet(context.Request.Method) && !IsForPrograms(path) => new RazorComponentResult<EnterPage> { StatusCode = status },
            _ => TypedResults.Problem(words, statusCode: status),
        };
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return answer.ExecuteAsync(context);
    }

    private static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.Ordinal) || path.StartsWithSegments("/_blazor", StringComparison.Ordinal) || path.StartsWithSegments("/health", StringComparison.Ordinal);
}
