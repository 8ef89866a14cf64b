namespace TinyLM.Model.Corpora;

/// <summary>What a story tells, in short phrases made of the words that stand in it.</summary>
public sealed record StoryFacts
{
    /// <summary>The shape of the plot: "lost and found", "a promise".</summary>
    public required string Plot { get; init; }

    /// <summary>The name of the hero.</summary>
    public required string Hero { get; init; }

    /// <summary>What the hero is: girl, boy, or the kind of animal.</summary>
    public required string HeroKind { get; init; }

    /// <summary>Who else has a part, by name or by role: "Ben", "grandma", "a puppy".</summary>
    public required IReadOnlyList<string> Others { get; init; }

    /// <summary>Where it happens; null where the story names no one place.</summary>
    public string? Place { get; init; }

    /// <summary>The thing that it turns on; null where there is none.</summary>
    public string? Thing { get; init; }

    /// <summary>What the hero wants.</summary>
    public required string Wish { get; init; }

    /// <summary>What stands in the way; null where nothing does.</summary>
    public string? Obstacle { get; init; }

    /// <summary>How it ends.</summary>
    public required string Outcome { get; init; }

    /// <summary>The lesson, where the story says one.</summary>
    public string? Moral { get; init; }

    /// <summary>What it is made with.</summary>
    public required StoryFeatures Features { get; init; }
}
