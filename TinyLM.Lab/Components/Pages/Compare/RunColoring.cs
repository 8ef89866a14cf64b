namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>Which run is drawn in which colour: each in its own, or all that have something in common in one.</summary>
public static class RunColoring
{
    /// <summary>Names for <see cref="Of"/> besides places of settings.</summary>
    public const string BySweep = "sweep", ByTag = "tag";

    /// <summary>The runs with their colours; in groups, those of a group follow one another.</summary>
    /// <param name="runs">The runs in order.</param>
    /// <param name="by">Null for a colour a run, <see cref="BySweep"/>, <see cref="ByTag"/>, or the place of a setting.</param>
    public static IReadOnlyList<ComparedRun> Of(IReadOnlyList<ComparedRun> runs, string? by)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (by is not null) return [.. runs.GroupBy(run => KeyOf(run, by)).Index().SelectMany(group => group.Item.Select(run => run with { Color = group.Index, Group = group.Item.Key }))];

        var taken = runs.Select(run => run.Summary.Color).OfType<int>().ToHashSet();
        var next = 0;
        return [.. runs.Select(run => run with { Color = run.Summary.Color ?? Free(), Group = null })];

        int Free()
        {
            while (taken.Contains(next)) next++;
            return next++;
        }
    }

    private static string KeyOf(ComparedRun run, string by) => by switch
    {
        BySweep => run.Summary.Group?.Name ?? "no sweep",
        ByTag => run.Summary.Tags is { Count: > 0 } tags ? tags.ToString() : "no tag",
        _ => $"{by[(by.LastIndexOf('.') + 1)..]} {run.Settings.FirstOrDefault(value => value.Path == by)?.Text ?? Display.None}",
    };
}
