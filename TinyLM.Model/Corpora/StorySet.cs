using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Model.Corpora;

/// <summary>A built-in corpus: what the lab can tell stories of. docs/story-world.md describes both.</summary>
public sealed class StorySet
{
    private readonly Lazy<Grammar> _grammar;

    private StorySet(string id, string name, string description, Func<Grammar> read) =>
        (Id, Name, Description, _grammar) = (id, name, description, new Lazy<Grammar>(read));

    /// <summary>The whole story world: twenty plots, children and animals.</summary>
    public static StorySet World { get; } = new(
        "stories", "Story world",
        "Short children's stories that the lab writes itself, with a known entropy: how far a model is from perfect can be seen.",
        Grammar.ReadStoryWorld);

    /// <summary>Four of its plots in fewer words: as much as a small model learns to tell well within minutes.</summary>
    public static StorySet First { get; } = new(
        "first-stories", "First stories",
        "Four plots of the story world with two children and fewer words, as in a first reader: as much as a small model learns to tell well in 3 minutes. Its entropy is known too.",
        Grammar.ReadFirstStories);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StorySet> All { get; } = [World, First];

    /// <summary>The id under which specs name it.</summary>
    public string Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>A sentence or two for people.</summary>
    public string Description { get; }

    internal Grammar Grammar => _grammar.Value;

    /// <summary>The collection of an id; null where it is none, so that the id is that of a corpus that a person added.</summary>
    public static StorySet? Find(string corpusId) => All.FirstOrDefault(collection => collection.Id == corpusId);
}
