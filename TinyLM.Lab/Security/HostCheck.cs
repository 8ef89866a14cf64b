using System.Net;
using Microsoft.Extensions.Primitives;

namespace TinyLM.Lab.Security;

/// <summary>Refuses requests to a name that is not the lab's. A page of another site can let its own name point to this machine (DNS rebinding); its requests, WebSockets too, then carry that name.</summary>
internal sealed class HostCheck(RequestDelegate next, IConfiguration configuration, LabOpenness openness)
{
    private readonly List<StringSegment> _names =
    [
        .. (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => new StringSegment(name)),
        .. openness.ToNetwork ? [new StringSegment(Dns.GetHostName()), new StringSegment($"{Dns.GetHostName()}.local")] : (StringSegment[])[],
    ];

    /// <summary>Lets through what asks for the lab by one of its names or, where it is open, by the address that the connection came to.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host;
        if (host.HasValue && (_names.Contains("*") || HostString.MatchesAny(host.Value, _names) || openness.ToNetwork && IsAddressOf(context.Connection, host))) return next(context);

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync($"This lab does not answer to the name '{host.Value}'. Use its address, or add the name to AllowedHosts in appsettings.json.");
    }

    private static bool IsAddressOf(ConnectionInfo connection, HostString host) =>
        IPAddress.TryParse(host.Host, out var asked) && connection.LocalIpAddress is { } own && Plain(asked).Equals(Plain(own));

    /// <summary>Without the scope of a link, and without IPv6 around IPv4.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
}
