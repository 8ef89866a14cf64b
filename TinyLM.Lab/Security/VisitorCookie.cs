using System.Security.Claims;
using System.Security.Cryptography;

namespace TinyLM.Lab.Security;

/// <summary>How a browser shows its token again: a cookie that no script reads and no other site sends. Programs send <c>Authorization: Bearer</c>.</summary>
internal static class VisitorCookie
{
    private const char Separator = '.';
    private const string Bearer = "Bearer ";

    /// <summary>Who a request comes from, by its cookie or its header.</summary>
    public static ClaimsPrincipal PrincipalOf(HttpRequest request, AccessTokens tokens)
    {
        if (request.Headers.Authorization.ToString() is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return Visitor.Principal(tokens.RoleOf(header[Bearer.Length..].Trim()), $"from {request.HttpContext.Connection.RemoteIpAddress}", isLimited: true);
        var parts = (request.Cookies[NameOf(request)] ?? "").Split(Separator);
        return Visitor.Principal(tokens.RoleOf(parts[0]), parts is [_, { Length: < 100 } person] ? person : $"from {request.HttpContext.Connection.RemoteIpAddress}", isLimited: true);
    }

    /// <summary>Gives a browser the cookie; it goes when the browser is closed.</summary>
    public static void Give(HttpContext context, string token) => context.Response.Cookies.Append(
        NameOf(context.Request), $"{token}{Separator}{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}",
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", IsEssential = true });

    /// <summary>Cookies do not know ports, and two labs may run on one machine.</summary>
    private static string NameOf(HttpRequest request) => $"tinylm-{request.Host.Port ?? 80}";
}
