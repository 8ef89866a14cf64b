namespace TinyLM.Lab.Tests;

/// <summary>Real texts and reference outputs that lie beside the checkout, in shared/data; they are not part of it.</summary>
internal static class SharedData
{
    private const string Variable = "TINYLM_SHARED_DATA";

    private static readonly string? s_folder = Find();

    /// <summary>The full path of a file or folder of the reference data; the test is skipped where the data are absent.</summary>
    /// <param name="parts">Path below shared/data.</param>
    public static string Path(params string[] parts)
    {
        if (s_folder is null)
            Assert.Skip($"The reference data are absent: no folder above the tests holds shared/data, and {Variable} names none.");
        return System.IO.Path.Combine([s_folder, .. parts]);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (System.IO.Path.Combine(folder.FullName, "shared", "data") is var data && Directory.Exists(data)) return data;
        return null;
    }
}
