namespace TinyLM.Model.Checkpoints;

/// <summary>Which checkpoints of a run are written early, and which of a long run are kept: the newest ones, the early ones, and a sparse history.</summary>
internal static class CheckpointRetention
{
    /// <summary>Most checkpoints that a run keeps.</summary>
    public const int MostKept = 24;

    private const int NewestKept = 3;

    /// <summary>
    /// Whether a step is 10, 30, 100, 300, 1,000 and so on. A model learns most at the beginning, so that steps at equal
    /// distances would show little of it; and a run that dies within its first minutes loses little.
    /// </summary>
    public static bool IsMilestone(int step)
    {
        if (step < 10) return false;
        while (step % 10 == 0) step /= 10;
        return step is 1 or 3;
    }

    /// <summary>The steps whose checkpoints may go.</summary>
    /// <param name="steps">All, ascending.</param>
    /// <returns>Never the first, a milestone or one of the newest; each time the one whose neighbours are nearest to each other.</returns>
    public static IReadOnlyList<int> Superfluous(IReadOnlyList<int> steps)
    {
        var kept = steps.ToList();
        var superfluous = new List<int>();
        while (kept.Count > MostKept)
        {
            var index = Enumerable.Range(1, kept.Count - 1 - NewestKept).Where(i => !IsMilestone(kept[i])).MinBy(i => kept[i + 1] - kept[i - 1]);
            superfluous.Add(kept[index]);
            kept.RemoveAt(index);
        }
        return superfluous;
    }
}
