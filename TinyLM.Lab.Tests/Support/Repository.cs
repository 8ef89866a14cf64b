namespace TinyLM.Lab.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds TinyLM.sln.</summary>
    public static string Top { get; } = FindTop();

    private static string FindTop()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TinyLM.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds TinyLM.sln; run the tests from a checkout.");
    }
}
