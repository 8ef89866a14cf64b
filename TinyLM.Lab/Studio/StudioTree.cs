namespace TinyLM.Lab.Studio;

/// <summary>Texts that come from one another. Immutable.</summary>
public sealed record StudioTree
{
    /// <summary>Safe as the name of a file.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls it; empty until it is saved.</summary>
    public string Name { get; init; } = "";

    /// <summary>When it was last saved.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>All branches in the order in which they were begun.</summary>
    public IReadOnlyList<StudioBranch> Branches { get; init; } = [];

    /// <summary>The branch that is looked at; null where there is none.</summary>
    public int? Current { get; init; }

    /// <summary>The branch of a number; null where there is none.</summary>
    public StudioBranch? Find(int? id) => id is null ? null : Branches.FirstOrDefault(branch => branch.Id == id);

    /// <summary>The tree with a new branch, which is looked at from then on.</summary>
    public StudioTree With(Func<int, StudioBranch> create, out int id)
    {
        id = Branches.Count == 0 ? 1 : Branches.Max(branch => branch.Id) + 1;
        return this with { Branches = [.. Branches, create(id)], Current = id };
    }

    /// <summary>The tree with a branch changed; as it is where there is no such branch.</summary>
    public StudioTree Change(int id, Func<StudioBranch, StudioBranch> change) =>
        this with { Branches = [.. Branches.Select(branch => branch.Id == id ? change(branch) : branch)] };

    /// <summary>The tree without a branch and all that comes from it.</summary>
    public StudioTree Without(int id)
    {
        var gone = new HashSet<int> { id };
        foreach (var branch in Branches) // parents stand before their children
            if (branch.Parent is { } parent && gone.Contains(parent)) gone.Add(branch.Id);
        IReadOnlyList<StudioBranch> left = [.. Branches.Where(branch => !gone.Contains(branch.Id))];
        return this with { Branches = left, Current = Current is { } current && !gone.Contains(current) ? current : Find(id)?.Parent ?? (left is [.., var last] ? last.Id : null) };
    }

    /// <summary>The branches with how deep each lies, each after its parent.</summary>
    public IEnumerable<(StudioBranch Branch, int Depth)> Walk() => Walk(parent: null, depth: 0);

    private IEnumerable<(StudioBranch Branch, int Depth)> Walk(int? parent, int depth)
    {
        foreach (var branch in Branches.Where(branch => branch.Parent == parent))
        {
            yield return (branch, depth);
            foreach (var below in Walk(branch.Id, depth + 1)) yield return below;
        }
    }
}
