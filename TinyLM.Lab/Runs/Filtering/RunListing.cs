namespace TinyLM.Lab.Runs.Filtering;

/// <summary>What a list shows of all runs: filtered, in order, in groups.</summary>
public static class RunListing
{
    /// <summary>The groups in order, each with its runs in order; one group without a name where there is no grouping.</summary>
    /// <param name="runs">All runs, the newest first.</param>
    /// <param name="filter">Which to show. Archived runs are left out unless it asks for <c>archived</c>.</param>
    /// <param name="order">In which order.</param>
    /// <param name="grouping">In which groups.</param>
    public static IReadOnlyList<RunGroup> Of(IEnumerable<RunFacts> runs, RunFilter filter, RunOrder order, RunGrouping grouping)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var asksForArchived = filter.Fields.Contains("archived");
        var shown = runs.Where(run => (asksForArchived || !run.Summary.IsArchived) && filter.Matches(run)).Select(run => run.Summary);
        var sorted = Sort(shown, order).ToList();
        if (grouping == RunGrouping.None) return sorted.Count == 0 ? [] : [new RunGroup(null, sorted)];
        return
        [
            .. from run in sorted
               from key in KeysOf(run, grouping)
               group run by key into members
               orderby members.Key is null, members.Key
               select new RunGroup(members.Key ?? NameOfNone(grouping), [.. members]),
        ];
    }

    private static IEnumerable<RunSummary> Sort(IEnumerable<RunSummary> runs, RunOrder order) => order switch
    {
        RunOrder.Name => runs.OrderBy(run => run.Name, StringComparer.OrdinalIgnoreCase),
        RunOrder.Loss => runs.OrderBy(LossOf),
        RunOrder.Parameters => runs.OrderBy(run => run.ParameterCount),
        RunOrder.Time => runs.OrderByDescending(run => run.WallTime ?? 0),
        RunOrder.Disk => runs.OrderByDescending(run => run.DiskBytes),
        _ => runs,
    };

    /// <summary>The loss to sort by; unknown and not a number are worse than all.</summary>
    private static double LossOf(RunSummary run) => (run.ValidationLoss ?? run.TrainLoss) is { } loss && !double.IsNaN(loss) ? loss : double.PositiveInfinity;

    private static IEnumerable<string?> KeysOf(RunSummary run, RunGrouping grouping) => grouping switch
    {
        RunGrouping.Status => [run.Status.ToString()],
        RunGrouping.Tag => run.Tags.Count == 0 ? [null] : run.Tags,
        RunGrouping.Corpus => [run.Corpus],
        RunGrouping.Sweep => [run.Group?.Name],
        _ => [run.Preset],
    };

    private static string NameOfNone(RunGrouping grouping) => grouping switch
    {
        RunGrouping.Tag => "no tag",
        RunGrouping.Sweep => "no sweep",
        _ => "no preset",
    };
}
