namespace TinyLM.Model.Corpora;

/// <summary>What a story is made with, in the sense of the features of TinyStories.</summary>
[Flags]
public enum StoryFeatures
{
    /// <summary>None of the others.</summary>
    None = 0,

    /// <summary>Somebody speaks.</summary>
    Dialogue = 1,

    /// <summary>A lesson is said aloud.</summary>
    Moral = 2,

    /// <summary>Something comes out otherwise than it looked.</summary>
    Twist = 4,

    /// <summary>Two want different things, or one is unkind.</summary>
    Conflict = 8,

    /// <summary>It does not end as the hero wished.</summary>
    BadEnding = 16,

    /// <summary>The hero is an animal.</summary>
    AnimalHero = 32,
}
