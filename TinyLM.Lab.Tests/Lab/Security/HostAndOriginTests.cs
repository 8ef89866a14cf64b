using System.Net;
using System.Net.Sockets;
using System.Text;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Names that lead to the lab and are not its own, and pages of other sites: requests and WebSockets alike.</summary>
public sealed class HostAndOriginTests(RealLab lab, OpenLab open) : IClassFixture<RealLab>, IClassFixture<OpenLab>
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    [Theory]
    [InlineData("localhost", 101)]
    [InlineData("127.0.0.1", 101)]
    [InlineData("evil.example", 400)]
    [InlineData("localhost.evil.example", 400)]
    [InlineData("192.168.1.5", 400)]
    [InlineData("", 400)]
    public async Task WebSocket_ToAName_IsOpenedForOurNamesOnly(string host, int status) =>
        Assert.Equal(status, await StatusAsync(lab.Address, $"GET /_blazor HTTP/1.1\r\nHost: {host}{(host.Length > 0 ? $":{lab.Address.Port}" : "")}\r\n{Upgrade}\r\n"));

    [Theory]
    [InlineData("http://127.0.0.1:{0}", 101)]
    [InlineData("http://evil.example", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("https://127.0.0.1:{0}", 403)]
    [InlineData("http://localhost:{0}", 403)]
    [InlineData("null", 403)]
    public async Task WebSocket_FromAPage_IsOpenedForOurOwnPagesOnly(string origin, int status) => Assert.Equal(status, await StatusAsync(
        lab.Address, $"GET /_blazor HTTP/1.1\r\nHost: 127.0.0.1:{lab.Address.Port}\r\nOrigin: {string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, lab.Address.Port)}\r\n{Upgrade}\r\n"));

    [Theory]
    [InlineData(Role.None, 401)]
    [InlineData(Role.Viewer, 101)]
    [InlineData(Role.Teacher, 101)]
    public async Task WebSocket_ToAnOpenLab_NeedsAToken(Role role, int status) => Assert.Equal(status, await StatusAsync(
        open.Lab.Address, $"GET /_blazor HTTP/1.1\r\nHost: 127.0.0.1:{open.Lab.Address.Port}\r\n{(open.TokenOf(role) is { } token ? $"Authorization: Bearer {token}\r\n" : "")}{Upgrade}\r\n"));

    /// <summary>An open lab knows the address that a connection came to and the machine's name, and no other.</summary>
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("own name", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("evil.example", false)]
    public async Task OpenLab_AskedByAName_AnswersToItsOwn(string host, bool isOwn)
    {
        using var client = open.Client(Role.Viewer);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs") { Headers = { Host = host == "own name" ? Dns.GetHostName() : host } };

        var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>The status that a request written by hand is answered with.</summary>
    private static async Task<int> StatusAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
