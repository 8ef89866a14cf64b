using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Model.Corpora;

/// <summary>The author of the story world: any story of any seed, each independent of the others.</summary>
public static class StoryGenerator
{
    /// <summary>Writes one story with its facts.</summary>
    /// <param name="collection">What it tells of.</param>
    /// <param name="seed">The seed of the corpus.</param>
    /// <param name="index">Which story of the seed, from 0.</param>
    public static Story Write(StorySet collection, ulong seed, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var grammar = collection.Grammar;
        var writer = new StoryWriter(grammar);
        writer.WriteStory(seed, index);
        return new Story(writer.Text.ToString(), writer.LogProbability, FactsOf(writer, grammar));
    }

    private static StoryFacts FactsOf(StoryWriter writer, Grammar grammar)
    {
        var text = writer.Text.ToString();
        var kind = Last(NoteKey.Kind)!;
        var moral = Last(NoteKey.Moral);
        var features = StoryFeatures.None;
        foreach (var feature in writer.Notes(NoteKey.Feature)) features |= Enum.Parse<StoryFeatures>(feature);
        if (text.Contains('"', StringComparison.Ordinal)) features |= StoryFeatures.Dialogue;
        if (moral is not null) features |= StoryFeatures.Moral;
        if (kind is not ("girl" or "boy")) features |= StoryFeatures.AnimalHero;

        return new StoryFacts
        {
            Plot = Last(NoteKey.Plot)!,
            Hero = writer.NameIn(grammar.SlotNumber("hero"))!,
            HeroKind = kind,
            Others = [.. writer.Notes(NoteKey.With)],
            Place = Last(NoteKey.Place),
            Thing = Last(NoteKey.Thing),
            Wish = Last(NoteKey.Wish)!,
            Obstacle = Last(NoteKey.Obstacle),
            Outcome = Last(NoteKey.Outcome)!,
            Moral = moral,
            Features = features,
        };

        string? Last(NoteKey key) => writer.Notes(key).LastOrDefault();
    }
}
