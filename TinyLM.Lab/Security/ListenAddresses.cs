using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TinyLM.Lab.Security;

/// <summary>Where the lab listens: this machine alone, unless it was opened.</summary>
internal static class ListenAddresses
{
    private const string Everywhere = "*";

    /// <summary>Refuses addresses that other machines reach, while the lab is not open to them.</summary>
    /// <exception cref="InvalidDataException">There is such an address, or one that is none; in words.</exception>
    public static void Check(IConfiguration configuration, LabOpenness openness)
    {
        foreach (var address in Asked(configuration))
        {
            if (!openness.ToNetwork && !IsLoopback(address))
                throw new InvalidDataException($"'{address}' lets other machines in, and the lab is for this one alone. Start it with --lan (or the setting {LabOpenness.Setting}), which asks everybody for a link with a token; or listen on localhost.");
        }
    }

    /// <summary>The same addresses, with those named localhost opened to all of the machine's. One in numbers is meant as it stands, perhaps for a proxy.</summary>
    public static string Open(string? urls) => string.Join(';', Split(urls).Select(url =>
        BindingAddress.Parse(url) is { } address && IsLocalhost(address) ? $"{address.Scheme}://{Everywhere}:{address.Port}" : url));

    /// <summary>How people reach the lab: the addresses of this machine where it listens everywhere, this machine's own name first.</summary>
    /// <param name="urls">Where it listens.</param>
    public static IReadOnlyList<string> Reach(IEnumerable<string> urls) =>
    [
        .. from url in urls
           let address = BindingAddress.Parse(url)
           where !address.IsUnixPipe && !address.IsNamedPipe
           from host in IsEverywhere(address.Host) ? ["localhost", .. Own().Order(StringComparer.Ordinal)] : (IEnumerable<string>)[address.Host]
           select $"{address.Scheme}://{host}:{address.Port}",
    ];

    private static IEnumerable<string> Asked(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "").Where(url => url.Length > 0).ToList();
        if (endpoints.Count > 0) return endpoints; // Kestrel takes these in place of the others
        var urls = Split(configuration["urls"]);
        return urls.Length > 0 ? urls
            : [.. Split(configuration["http_ports"]).Select(port => $"http://{Everywhere}:{port}"), .. Split(configuration["https_ports"]).Select(port => $"https://{Everywhere}:{port}")];
    }

    private static string[] Split(string? urls) => (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLoopback(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || address.IsNamedPipe || IsLocalhost(address) || IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"'{url}' is no address to listen on; expected one such as http://localhost:5080.", e);
        }
    }

    private static bool IsLocalhost(BindingAddress address) => address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsEverywhere(string host) => !IPAddress.TryParse(host, out var ip) ? host is Everywhere or "+" : ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);

    private static IEnumerable<string> Own() =>
        from card in NetworkInterface.GetAllNetworkInterfaces()
        where card.OperationalStatus == OperationalStatus.Up
        from unicast in card.GetIPProperties().UnicastAddresses
        let address = unicast.Address
        where address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)
        select address.ToString();
}
