using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs.Alerts;

/// <summary>The speed of the last steps against that of the many before them, by medians, so that a single slow step means nothing.</summary>
internal sealed class ThroughputRule : IAlertRule
{
    /// <summary>Steps that tell the present speed.</summary>
    internal const int Recent = 20;

    /// <summary>Steps that tell the usual speed.</summary>
    internal const int Usual = 200;

    /// <summary>Part of the usual speed below which it has collapsed.</summary>
    internal const double Collapse = 0.4;

    private readonly Queue<double> _recent = new();
    private readonly Queue<double> _usual = new();

    /// <inheritdoc/>
    public RunAlert? Current { get; private set; }

    /// <inheritdoc/>
    public void Add(RunEvent happened)
    {
        if (happened is StatusEvent)
        {
            _recent.Clear(); // another worker or a pause: another beginning
            Current = null;
            return;
        }

        if (happened is not StepEvent { TokensPerSecond: > 0 and var speed, Step: var step }) return;
        _recent.Enqueue(speed);
        if (_recent.Count <= Recent) return;
        var oldest = _recent.Dequeue();
        if (Current is null) _usual.Enqueue(oldest); // a collapse must not become the usual speed
        if (_usual.Count > Usual) _usual.Dequeue();
        if (_usual.Count < Usual / 2 || step % (Recent / 4) != 0) return;
        var (now, before) = (Median(_recent), Median(_usual));
        Current = now >= Collapse * before ? null : new RunAlert(
            AlertKind.ThroughputCollapse,
            step,
            FormattableString.Invariant($"The run does {now:N0} tokens a second; before, it did {before:N0}."),
            "Another program takes the processor or the memory, the machine is hot and slows down, or it runs on battery. Close what is not needed; the run itself is sound.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
