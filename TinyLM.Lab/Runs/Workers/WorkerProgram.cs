namespace TinyLM.Lab.Runs.Workers;

/// <summary>This program, as another process can start it again.</summary>
internal static class WorkerProgram
{
    private const string Name = "TinyLM.Lab";

    /// <summary>The file to start and its first arguments. In tests the host is another program, and TinyLM.Lab.dll lies beside it.</summary>
    public static IReadOnlyList<string> Command()
    {
        var host = Environment.ProcessPath;
        if (Path.GetFileNameWithoutExtension(host) == "dotnet") return [host!, Library()];
        return host is not null && Path.GetFileName(host) is Name or Name + ".exe" ? [host] : ["dotnet", Library()];
    }

    private static string Library() => Path.Combine(AppContext.BaseDirectory, Name + ".dll");
}
