using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using TinyLM.Lab.Hosting;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Commands;

/// <summary><c>serve</c>: the lab in the browser; also what the program does without a command.</summary>
/// <param name="dataPath">The option for the data directory.</param>
internal sealed class ServeCommand(Option<string?> dataPath)
{
    private readonly Option<int?> _port = new("--port")
    {
        Description = "Port on this machine's loopback address; 0 takes any free one. Default: 5080.",
        HelpName = "number",
        Validators = { CheckPort },
    };

    private readonly Option<string?> _urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons, in place of --port.",
        HelpName = "addresses",
    };

    private readonly Option<bool> _lan = new("--lan")
    {
        Description = "Open the lab to the network: it listens on all addresses of this machine and asks for a link with a token; the links are printed at the start.",
    };

    /// <summary>The command under its name.</summary>
    public Command Create()
    {
        var command = new Command("serve", "Serve the lab in the browser (the default).");
        AddTo(command);
        return command;
    }

    /// <summary>Gives a command the options and the action of serving.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_port);
        command.Options.Add(_urls);
        command.Options.Add(_lan);
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(RunAsync);
    }

    /// <summary>Whatever is no option must be a setting, as the web host reads it.</summary>
    private static bool IsSetting(string token) => token.StartsWith("--", StringComparison.Ordinal) && token.IndexOf('=', StringComparison.Ordinal) > 2;

    private static void CheckPort(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && !(int.TryParse(text, out var port) && port is >= 0 and <= 65_535))
            result.AddError($"--port is '{text}'; expected a number from 0 to 65535.");
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault(token => !IsSetting(token)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"'{unknown}' is neither a command nor an option; see --help. Settings of appsettings.json are given as --Section:Key=value.");
            return ExitCode.WrongInput;
        }

        WebApplication app;
        try
        {
            app = LabApplication.Build(Settings(parsed));
        }
        catch (InvalidDataException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongInput;
        }

        await using var serving = app;
        try
        {
            var labLock = app.Services.GetRequiredService<LabLock>();
            var isOpen = app.Services.GetRequiredService<LabOpenness>().ToNetwork;
            var tokens = isOpen ? app.Services.GetRequiredService<AccessTokens>() : null;
            await app.StartAsync(cancellationToken);
            labLock.Announce(app.Urls.First());
            app.Logger.LogInformation("TinyLM Lab is ready at {Address} (data: {DataPath}). Ctrl+C stops it.", app.Urls.First(), app.Services.GetRequiredService<LabDirectory>().Path);
            if (tokens is not null) await Console.Out.WriteLineAsync(Links(ListenAddresses.Reach(app.Urls), tokens)); // past the log, which may be kept
        }
        catch (LabInUseException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{e.Message.TrimEnd('.')}. Another program listens there, perhaps another lab. Choose another port, as in --port 5081, or 0 for any free one.");
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or FormatException or IOException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"The lab cannot start: {e.Message}");
            return ExitCode.Failure;
        }
        await app.WaitForShutdownAsync(cancellationToken);
        return ExitCode.Success;
    }

    private static string Links(IReadOnlyList<string> addresses, AccessTokens tokens) => string.Join(Environment.NewLine,
    [
        "The lab is open to the network, for those who have a link. For viewers, who look, play and let models write:",
        .. addresses.Select(address => $"  {Door.Link(address, tokens.Viewer)}"),
        "For the teacher, who may do everything:",
        .. addresses.Select(address => $"  {Door.Link(address, tokens.Teacher)}"),
    ]);

    private string[] Settings(ParseResult parsed)
    {
        var settings = parsed.UnmatchedTokens.ToList();
        if (parsed.GetValue(dataPath) is { } data) settings.Add($"--{LabDirectory.Setting}={Path.GetFullPath(data)}");
        if (parsed.GetValue(_lan)) settings.Add($"--{LabOpenness.Setting}=true");
        if (parsed.GetValue(_urls) is { } urls) settings.Add($"--urls={urls}");
        else if (parsed.GetValue(_port) is { } port) settings.Add($"--urls=http://{(port > 0 ? "localhost" : parsed.GetValue(_lan) ? "*" : "127.0.0.1")}:{port}"); // Kestrel gives no free port for a name
        return [.. settings];
    }
}
