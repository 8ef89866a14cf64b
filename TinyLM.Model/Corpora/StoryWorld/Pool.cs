namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>The members of a word list that fit a place in a sentence.</summary>
internal sealed class Pool
{
    private readonly Dictionary<Entity, int> _positions = [];

    /// <param name="members">Those that fit, in the order of the list.</param>
    public Pool(Entity[] members)
    {
        Members = members;
        for (var i = 0; i < members.Length; i++) _positions.Add(members[i], i);
    }

    /// <summary>Those that fit, in the order of the list.</summary>
    public Entity[] Members { get; }

    /// <summary>Where a member stands; -1 for who is none.</summary>
    public int PositionOf(Entity entity) => _positions.GetValueOrDefault(entity, -1);
}
