namespace TinyLM.Lab.Tests;

/// <summary><c>docs/formats.md</c>, whose examples tests read.</summary>
internal static class FormatsPage
{
    /// <summary>The whole page.</summary>
    public static string Text { get; } = File.ReadAllText(Path.Combine(Repository.Top, "docs", "formats.md"));

    /// <summary>The code block whose fence says so.</summary>
    public static string Example(string fence) => Between($"```{fence}\n", "```");

    /// <summary>What stands between two marks.</summary>
    public static string Between(string start, string end)
    {
        var from = Text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"docs/formats.md has no '{start}'.");
        return Text[from..Text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
