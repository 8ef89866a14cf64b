using System.Diagnostics;

namespace TinyLM.Lab.Tests;

/// <summary>Programs of other people that a machine may have and that tests compare with.</summary>
internal static class Programs
{
    /// <summary>Whether a program is on the path.</summary>
    public static bool Has(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Runs a program to its end.</summary>
    /// <param name="name">The program.</param>
    /// <param name="arguments">Its arguments, without spaces within one.</param>
    /// <returns>What it wrote to its standard output.</returns>
    public static async Task<string> RunAsync(string name, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{name} {arguments} ended with {process.ExitCode}: {await errors}");
        return output;
    }
}
