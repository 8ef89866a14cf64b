namespace TinyLM.Model.Checkpoints;

/// <summary>Which checkpoints of a long run are kept: the newest ones, and a sparse history.</summary>
internal static class CheckpointRetention
{
    /// <summary>Most checkpoints that a run keeps.</summary>
    public const int MostKept = 24;

    private const int NewestKept = 3;

    /// <summary>The steps whose checkpoints may go.</summary>
    /// <param name="steps">All, ascending.</param>
    /// <returns>Never the first nor one of the newest; each time the one whose neighbours are nearest to each other.</returns>
    public static IReadOnlyList<int> Superfluous(IReadOnlyList<int> steps)
    {
        var kept = steps.ToList();
        var superfluous = new List<int>();
        while (kept.Count > MostKept)
        {
            var index = Enumerable.Range(1, kept.Count - 1 - NewestKept).MinBy(i => kept[i + 1] - kept[i - 1]);
            superfluous.Add(kept[index]);
            kept.RemoveAt(index);
        }
        return superfluous;
    }
}
