using System.Reflection;

namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>A grammar of stories, read and ready to write; never changes, so that many writers can share it.</summary>
internal sealed class Grammar
{
    private const string Folder = ".Grammar.";
    private static readonly Lazy<Grammar> s_storyWorld = new(ReadStoryWorld);

    /// <summary>The grammar of the built-in story world.</summary>
    public static Grammar StoryWorld => s_storyWorld.Value;

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

    private static Grammar ReadStoryWorld()
    {
        var builder = new GrammarBuilder();
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().Where(name => name.Contains(Folder, StringComparison.Ordinal));
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            builder.Add(name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..], reader.ReadToEnd());
        }

        return builder.Build("start");
    }
}
