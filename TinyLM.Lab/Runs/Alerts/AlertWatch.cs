using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>All rules over the events of one run.</summary>
internal sealed class AlertWatch
{
    /// <summary>A weight and AdamW's two moments, in fp32.</summary>
    private const int CheckpointBytesPerParameter = 12;

    private readonly IReadOnlyList<IAlertRule> _rules;

    /// <param name="run">The run.</param>
    public AlertWatch(StoredRun run)
    {
        var parameters = run.Problem is null ? ModelArithmetic.ParameterCount(run.Spec.Model) : 0;
        _rules = [new NotFiniteRule(), new SpikeRule(), new DiskRule(CheckpointBytesPerParameter * parameters, () => FreeBytes(run.Folder)), new OverfittingRule(), new ThroughputRule(), new PlateauRule()];
    }

    /// <summary>What is wrong now, the worst first.</summary>
    public IReadOnlyList<RunAlert> Current { get; private set; } = [];

    /// <summary>Takes the next event in.</summary>
    public void Add(RunEvent happened)
    {
        var isChanged = false;
        foreach (var rule in _rules)
        {
            var before = rule.Current;
            rule.Add(happened);
            isChanged |= !Equals(before, rule.Current);
        }

        if (isChanged) Current = [.. _rules.Select(rule => rule.Current).OfType<RunAlert>().OrderBy(alert => alert.Kind)];
    }

    private static long? FreeBytes(RunFolder run)
    {
        try
        {
            return new DriveInfo(run.Path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // a share or a volume that does not tell
        }
    }
}
