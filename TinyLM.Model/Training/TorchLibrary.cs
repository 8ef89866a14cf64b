using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace TinyLM.Model.Training;

/// <summary>Whether TorchSharp's native library loads here, and in words what is wrong where it does not.</summary>
/// <remarks>
/// Asked before TorchSharp is first used: its own message names a missing package whatever the reason was, after it has copied
/// the library to another place.
/// </remarks>
internal static class TorchLibrary
{
    private static readonly Lazy<string?> s_problem = new(FindProblem);

    /// <summary>What is missing and what to do; null where all is well.</summary>
    public static string? Problem => s_problem.Value;

    /// <summary>Version of TorchSharp.</summary>
    public static string Version { get; } =
        typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? typeof(torch).Assembly.GetName().Version?.ToString() ?? "unknown";

    private static string? FindProblem()
    {
        try
        {
            if (FindFile() is { } path)
                NativeLibrary.Load(path, typeof(torch).Assembly, DllImportSearchPath.UseDllDirectoryForDependencies | DllImportSearchPath.SafeDirectories);
            using var one = torch.ones(1);
            return one.item<float>() == 1 ? null : "TorchSharp computes wrongly on this machine.";
        }
        catch (Exception e)
        {
            return Explain(e);
        }
    }

    /// <summary>The native library where a build or publish puts it; null where it lies elsewhere.</summary>
    private static string? FindFile()
    {
        var name = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        string[] places = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")];
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>.NET tells first how to look for the cause, then what the system's loader said about each name that was tried, most of which exist nowhere.</summary>
    private static string Cause(string[] lines) =>
        lines.FirstOrDefault(line => line.Contains("GLIBC", StringComparison.Ordinal))
        ?? lines.Skip(1).FirstOrDefault(line => !(line.Contains("LibTorchSharp", StringComparison.Ordinal) && line.Contains("No such file", StringComparison.Ordinal)))
        ?? lines.FirstOrDefault() ?? "no reason told";

    private static string Explain(Exception e)
    {
        var cause = Cause(e.GetBaseException().Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        var remedy = cause.Contains("GLIBC", StringComparison.Ordinal)
            ? "The system's C or C++ library is older than TorchSharp asks for. Rebuild with build/TorchSharpLinux.targets in place, or use a newer system."
            : OperatingSystem.IsWindows()
            ? "Install the Visual C++ redistributable (2015 to 2022, x64), rebuild on this machine, or build with an older TorchSharp: -p:TorchSharpVersion=0.105.1 (README, Troubleshooting)."
            : "Rebuild on this machine, so that the libraries for its system are in the output folder (README, Troubleshooting).";
        return $"Training is not possible here: TorchSharp {Version} cannot load its native library ({cause}). {remedy} Sampling from models works without it.";
    }
}
