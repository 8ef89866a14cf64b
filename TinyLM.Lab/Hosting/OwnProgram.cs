using System.Diagnostics;

namespace TinyLM.Lab.Hosting;

/// <summary>How to start this program again with another verb: workers are the same program.</summary>
internal static class OwnProgram
{
    /// <summary>A start of the program that lies beside this assembly; tests host the lab in a program of another name.</summary>
    /// <param name="arguments">The verb and its options.</param>
    public static ProcessStartInfo StartInfo(params IEnumerable<string> arguments)
    {
        var library = typeof(Program).Assembly.Location;
        var executable = Path.ChangeExtension(library, OperatingSystem.IsWindows() ? ".exe" : null);
        var start = File.Exists(executable) ? new ProcessStartInfo(executable) : new ProcessStartInfo(DotnetHost(), [library]);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        return start;
    }

    /// <summary>The <c>dotnet</c> that runs this process, else the one that the path finds.</summary>
    private static string DotnetHost() =>
        Environment.ProcessPath is { } process && Path.GetFileNameWithoutExtension(process) == "dotnet" ? process : "dotnet";
}
