using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Hosting;

/// <summary>Starting the lab as a program of its own.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly TempLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task Serve_FromAnyWorkingDirectory_ServesPagesAndStaticFiles()
    {
        await using var lab = LabProcess.Start("--port", "0", "--data", _lab.Directory.Path);
        using var client = new HttpClient { BaseAddress = await lab.AddressAsync() };

        foreach (var path in (string[])["/", "/css/app.css", "/_content/MudBlazor/MudBlazor.min.css"])
            Assert.NotEmpty(await client.GetStringAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ServingProcess_NeverLoads_TorchSharpsNativeLibrary()
    {
        await using var lab = LabProcess.Start("--port", "0", "--data", _lab.Directory.Path);
        using var client = new HttpClient { BaseAddress = await lab.AddressAsync() };
        await client.GetStringAsync("/new", TestContext.Current.CancellationToken);

        using var process = Process.GetProcessById(lab.Id);
        var loaded = process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName).ToList();

        Assert.Contains(loaded, name => name.Contains("coreclr", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(loaded, name => name.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task SecondLab_OnTheSameDirectory_IsRefusedNamingTheFirst()
    {
        await using var first = LabProcess.Start("--port", "0", "--data", _lab.Directory.Path);
        var address = await first.AddressAsync();
        string owner;
        do owner = File.ReadAllText(_lab.Directory.OwnerPath);
        while (!owner.Contains(address.Authority, StringComparison.Ordinal)); // it listens a moment before it says where

        var (exitCode, _, error) = await LabProcess.RunAsync("--port", "0", "--data", _lab.Directory.Path);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Equal($"The data directory '{_lab.Directory.Path}' is in use by another lab (process {first.Id}) at {address.GetLeftPart(UriPartial.Authority)}. Use that one, or give this lab a directory of its own with --data.", error.Trim());
    }

    [Fact]
    public async Task Port_InUse_IsToldInWords()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exitCode, output, error) = await LabProcess.RunAsync("--port", $"{port}", "--data", _lab.Directory.Path);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains($"{port}", error, StringComparison.Ordinal);
        Assert.Contains("Choose another port", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lan_PrintsLinksThatLetIn_AndLogsNoToken()
    {
        await using var lab = LabProcess.Start("--lan", "--port", "0", "--data", _lab.Directory.Path, "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace");
        var address = await lab.AddressAsync();
        var tokens = AccessTokens.Of(_lab.Directory);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{address.Port}") };

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Door.Link("", tokens.Teacher), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/runs", TestContext.Current.CancellationToken)).StatusCode); // with the cookie

        var printed = await lab.EndAsync();
        foreach (var token in (string[])[tokens.Viewer, tokens.Teacher])
        {
            var lines = printed.Split('\n').Where(line => line.Contains(token, StringComparison.Ordinal)).ToList();
            Assert.Contains($"  {Door.Link($"http://localhost:{address.Port}", token)}", lines.Select(line => line.TrimEnd()));
            Assert.All(lines, line => Assert.StartsWith("  http://", line, StringComparison.Ordinal));
        }
        Assert.Contains("Request matched endpoint", printed, StringComparison.Ordinal); // the log did tell all that it tells
    }

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:0")]
    [InlineData("--Lab:Limits:Circuits=0")]
    public async Task Setting_ThatWouldLetOthersIn_OrMakesNoSense_IsToldInWords(params string[] arguments)
    {
        var (exitCode, _, error) = await LabProcess.RunAsync([.. arguments, "--data", _lab.Directory.Path]);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(arguments.Length > 1 ? "Start it with --lan" : "expected at least 1", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "99999")]
    [InlineData("--prot", "5080")]
    public async Task Option_ThatMakesNoSense_IsToldInWords(params string[] arguments)
    {
        var (exitCode, _, error) = await LabProcess.RunAsync([.. arguments, "--data", _lab.Directory.Path]);

        Assert.Equal(ExitCode.WrongInput, exitCode);
        Assert.Contains(arguments[0], error, StringComparison.Ordinal);
    }
}
