namespace TinyLM.Lab.Hosting;

/// <summary>The folder that holds <c>wwwroot</c> and <c>appsettings.json</c>.</summary>
internal static class ContentRoot
{
    /// <summary>Published: the program's folder. Built in the repository: the folder of <c>TinyLM.sln</c> above it. So the working directory never matters.</summary>
    public static string Find() => Find(AppContext.BaseDirectory);

    /// <inheritdoc cref="Find()"/>
    /// <param name="programFolder">Where the program lies.</param>
    public static string Find(string programFolder)
    {
        if (Directory.Exists(Path.Combine(programFolder, "wwwroot"))) return programFolder;
        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TinyLM.sln"))) return folder.FullName;
        return programFolder;
    }
}
