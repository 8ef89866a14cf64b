using Microsoft.AspNetCore.Http.HttpResults;
using TinyLM.Lab.Components.Gate;

namespace TinyLM.Lab.Security;

/// <summary>Where a link with a token leads: the token becomes a cookie and leaves the address bar.</summary>
internal static class Door
{
    /// <summary>Path of the links.</summary>
    public const string Route = "/enter";

    /// <summary>A link that lets in.</summary>
    public static string Link(string address, string token) => $"{address}{Route}?token={token}";

    /// <summary>Maps <c>/enter?token=…</c>.</summary>
    public static void MapDoor(this IEndpointRouteBuilder routes) => routes.MapGet(Route, Enter).WithMetadata(new OpenToAllAttribute()).ExcludeFromDescription();

    /// <remarks>
    /// The page that follows sends the browser on by itself, in place of a redirect: a link that was clicked in a message of another
    /// site would be redirected without the new cookie, which is for visits from the lab's own pages.
    /// </remarks>
    private static IResult Enter(HttpContext context, LabOpenness openness, IServiceProvider services, string? token)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!openness.ToNetwork) return Results.Redirect("/");
        var shown = Token(token);
        if (services.GetRequiredService<AccessTokens>().RoleOf(shown) == Role.None)
            return new RazorComponentResult<EnterPage>(new { IsWrong = !string.IsNullOrEmpty(token) }) { StatusCode = StatusCodes.Status401Unauthorized };
        VisitorCookie.Give(context, shown!);
        return new RazorComponentResult<EnteredPage>();
    }

    /// <summary>A token as a person pastes it: alone, or with the whole link around it.</summary>
    private static string? Token(string? pasted)
    {
        const string Name = "token=";
        var text = pasted?.Trim();
        return text?.LastIndexOf(Name, StringComparison.Ordinal) is >= 0 and var at ? text[(at + Name.Length)..] : text;
    }
}
