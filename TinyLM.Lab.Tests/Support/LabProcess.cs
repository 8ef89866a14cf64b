using System.Diagnostics;
using System.Text.RegularExpressions;
using TinyLM.Lab.Hosting;

namespace TinyLM.Lab.Tests.Support;

/// <summary>The built program, run as a person runs it.</summary>
internal sealed partial class LabProcess : IAsyncDisposable
{
    private readonly Process _process;
    private Task<string> _rest = Task.FromResult("");

    private LabProcess(Process process) => _process = process;

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Runs a command to its end.</summary>
    /// <param name="arguments">The verb and its options.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var lab = Start(arguments);
        var output = lab._process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = lab._process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lab._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (lab._process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command in a working directory that has nothing to do with the lab.</summary>
    public static LabProcess Start(params string[] arguments)
    {
        var start = OwnProgram.StartInfo(arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetTempPath();
        return new LabProcess(Process.Start(start)!);
    }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Reads its output and drops it: a program waits where nobody reads.</summary>
    public void DropOutput() => _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <summary>All that it says where errors go, once it has ended.</summary>
    public Task<string> ErrorAsync() => _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

    /// <summary>Ends it at once and leaves its workers alone, as the system does when memory runs out.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Reads the output until the lab says where it is.</summary>
    public async Task<Uri> AddressAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (ReadyLine().Match(line) is { Success: true } match)
            {
                _rest = _process.StandardOutput.ReadToEndAsync(CancellationToken.None); // or it would wait for a reader one day
                return new Uri(match.Groups[1].Value);
            }
        throw new InvalidOperationException($"The lab did not start: {await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }

    /// <summary>Ends the program by force.</summary>
    /// <returns>What it printed after it had said where it is.</returns>
    public async Task<string> EndAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return await _rest;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    [GeneratedRegex(@"is ready at (http://\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
