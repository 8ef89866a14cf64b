using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components;

/// <summary>What a page knows of a run, read from the feed piece by piece.</summary>
/// <param name="feed">The run's feed.</param>
/// <param name="spec">What it was asked.</param>
public sealed class RunView(IRunFeed feed, RunSpec spec)
{
    private readonly List<SampleEvent> _samples = [];
    private CurveSettings _settings = new(HorizontalAxis.Steps, ChartSettings.UsualSmoothing, ModelArithmetic.FlopsPerToken(spec.Model), null);
    private SharedCurves? _shared;
    private RunFeedCursor _cursor;
    private RunFeedUpdate? _last;

    /// <summary>The run as it stands; null before the first read.</summary>
    public RunSummary? Summary => _last?.Summary;

    /// <summary>Device, threads and precision, once known.</summary>
    public EnvironmentEvent? Environment => _last?.Environment;

    /// <summary>Tokens and entropy floor, once known.</summary>
    public DatasetEvent? Dataset => _last?.Dataset;

    /// <summary>Every warning so far.</summary>
    public IReadOnlyList<WarningEvent> Warnings => _last?.Warnings ?? [];

    /// <summary>What a person should look at now, the worst first.</summary>
    public IReadOnlyList<RunAlert> Alerts => _last?.Alerts ?? [];

    /// <summary>Every checkpoint so far, in order of steps.</summary>
    public IReadOnlyList<CheckpointEvent> Checkpoints => _last?.Checkpoints ?? [];

    /// <summary>Every sample so far, in order of steps.</summary>
    public IReadOnlyList<SampleEvent> Samples => _samples;

    /// <summary>The last step; null before the first.</summary>
    public StepEvent? LastStep { get; private set; }

    /// <summary>What the run was asked.</summary>
    public RunSpec Spec => spec;

    /// <summary>The curves; others after <see cref="DrawOver"/>.</summary>
    public RunCurves Curves { get; private set; } = new();

    /// <summary>Chooses axis, smoothing and figures of the curves; the next read brings all of them.</summary>
    /// <param name="axis">What they are drawn over.</param>
    /// <param name="smoothing">Weight of the past in the smoothed loss.</param>
    /// <param name="metrics">Which figures are kept beside the loss; null for those that runs are compared by.</param>
    public void DrawOver(HorizontalAxis axis, double smoothing, MetricSet? metrics = null)
    {
        var settings = _settings with { Axis = axis, Smoothing = smoothing, Metrics = metrics };
        if (settings == _settings) return;
        (_settings, _shared, Curves) = (settings, null, settings.Create());
        _cursor = default;
    }

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether anything was.</returns>
    public bool Read()
    {
        var update = feed.Read(_cursor);
        var isNew = _last is null || update.IsReset || update.Cursor != _cursor || update.Summary != _last.Summary
            || update.Environment != _last.Environment || update.Dataset != _last.Dataset
            || !ReferenceEquals(update.Alerts, _last.Alerts) || update.Warnings.Count != _last.Warnings.Count || update.Checkpoints.Count != _last.Checkpoints.Count;
        if (update.IsReset)
        {
            _samples.Clear();
            LastStep = null;
        }

        _samples.AddRange(update.Samples);
        (_shared ??= SharedCurves.Of(feed, _settings)).ShowIn(Curves, feed);
        if (update.Steps is [.., var last]) LastStep = last;
        (_cursor, _last) = (update.Cursor, update);
        return isNew;
    }
}
