using System.Reflection;

namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>A grammar of stories, read and ready to write; never changes, so that many writers can share it.</summary>
internal sealed class Grammar
{
    private const string Folder = ".Grammar.";
    private const string FirstFolder = ".FirstStories.";
    private const string FileForFirstStories = "opening.txt";

    /// <summary>The rule that every story begins with.</summary>
    public required Rule Start { get; init; }

    /// <summary>All rules by their names.</summary>
    public required IReadOnlyDictionary<string, Rule> Rules { get; init; }

    /// <summary>Names of the slots, by number.</summary>
    public required string[] Slots { get; init; }

    /// <summary>Names of the forms, by number.</summary>
    public required string[] Forms { get; init; }

    /// <summary>The number of a slot.</summary>
    public int SlotNumber(string name) => Array.IndexOf(Slots, name);

    /// <summary>Reads the grammar of the whole story world.</summary>
    public static Grammar ReadStoryWorld()
    {
        var builder = new GrammarBuilder();
        foreach (var (file, text) in FilesOf(Folder)) builder.Add(file, text);
        return builder.Build("start");
    }

    /// <summary>Reads the grammar of the first stories: their own blocks, and how the story world opens a story.</summary>
    public static Grammar ReadFirstStories()
    {
        var builder = new GrammarBuilder();
        foreach (var (file, text) in FilesOf(FirstFolder)) builder.Add(file, text);
        builder.CloseBlocks();
        foreach (var (file, text) in FilesOf(Folder).Where(entry => entry.File == FileForFirstStories)) builder.Add(file, text);
        return builder.Build("start");
    }

    private static IEnumerable<(string File, string Text)> FilesOf(string folder)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().Where(name => name.Contains(folder, StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[(name.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..], reader.ReadToEnd());
        }
    }
}
