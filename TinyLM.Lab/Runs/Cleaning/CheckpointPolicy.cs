namespace TinyLM.Lab.Runs.Cleaning;

/// <summary>Which checkpoints of an ended run are kept; the newest always is: the content of <c>checkpoints.json</c>.</summary>
public sealed record CheckpointPolicy
{
    /// <summary>Of the newest, how many; at least 1.</summary>
    public int KeepLast { get; init; } = 3;

    /// <summary>Of all, counted from the first, each so-many-th; 0 for none.</summary>
    public int KeepEvery { get; init; }

    /// <summary>Whether the one with the lowest validation loss is kept.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Whether it holds by itself from the end of each run on; else when a person cleans up.</summary>
    public bool Automatic { get; init; }

    /// <summary>Every broken rule, in words; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (KeepLast is < 1 or > 1000) problems.Add($"{KeepLast} of the newest checkpoints are to be kept; it must be between 1 and 1,000, so that a run can go on.");
        if (KeepEvery is < 0 or > 1000) problems.Add($"Each {KeepEvery}th checkpoint is to be kept; it must be between 0 (none) and 1,000.");
        return problems;
    }

    /// <summary>The checkpoints that go.</summary>
    /// <param name="steps">Steps of all, ascending.</param>
    /// <param name="losses">Validation losses by the steps that they were measured at, ascending.</param>
    public IReadOnlyList<int> Removed(IReadOnlyList<int> steps, IReadOnlyList<(int Step, double Loss)> losses)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(losses);
        var best = KeepBest ? Best(steps, losses) : null;
        return [.. steps.Where((step, index) => index < steps.Count - Math.Max(1, KeepLast) && !(KeepEvery > 0 && index % KeepEvery == 0) && step != best)];
    }

    /// <summary>The step with the lowest of the losses that were measured last at or before each; null where none was.</summary>
    private static int? Best(IReadOnlyList<int> steps, IReadOnlyList<(int Step, double Loss)> losses) =>
        (from step in steps
         let measured = losses.Where(loss => loss.Step <= step).Select(loss => loss.Loss).LastOrDefault(double.NaN)
         where double.IsFinite(measured)
         orderby measured, step
         select (int?)step).FirstOrDefault();
}
