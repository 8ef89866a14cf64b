namespace TinyLM.Lab.Security;

/// <summary>Refuses what a page of another site sends to the lab.</summary>
/// <remarks>
/// Browsers let any site open a WebSocket to a loopback address, and the circuit behind a page is such a WebSocket; they tell
/// the site in the <c>Origin</c> header. Programs that are no browsers send none and are let through.
/// </remarks>
internal static class OriginCheck
{
    /// <summary>Answers 403 to requests whose origin is another one than the address that they ask for.</summary>
    public static IApplicationBuilder UseOriginCheck(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if (request.Headers.Origin is not { Count: > 0 } origin || IsSame(origin.ToString(), request.Scheme, request.Host)) return next(context);

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync($"The lab answers its own pages only; this request comes from '{origin}'.");
    });

    private static bool IsSame(string origin, string scheme, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && Uri.TryCreate($"{scheme}://{host.ToUriComponent()}", UriKind.Absolute, out var to)
        && Uri.Compare(from, to, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
