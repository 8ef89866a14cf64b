using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>The curves of several runs in one picture each, a colour a run.</summary>
public sealed partial class CompareCharts
{
    private static readonly CurveChartLook s_throughputLook = new() { Unit = "tokens/s", Format = ",.0f", AxisFormat = "~s", IsSmall = true };
    private static readonly CurveChartLook s_gradientLook = new() { Unit = "norm", Format = ".3f", IsSmall = true };
    private static readonly CurveChartLook s_rateLook = new() { Unit = "rate", Format = ".3~g", IsSmall = true };

    private const int LegendLimit = 24;

    private CurveChartLook _lossLook = new() { Unit = LossUnit.NatsPerToken.Name };
    private IReadOnlyList<CurveLevel> _levels = [];
    private IReadOnlyList<CurveSeries> _lossSeries = [], _throughputSeries = [], _gradientSeries = [], _rateSeries = [];
    private CurveChart? _loss, _throughput, _gradient, _rate;
    private bool _hasBits, _hasSeveralTokenizers;

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<ComparedRun> Runs { get; set; }

    /// <summary>Id of the run that stands out.</summary>
    [Parameter] public string? Baseline { get; set; }

    /// <summary>Axes, unit, smoothing and zoom.</summary>
    [Parameter, EditorRequired] public required ChartSettings Settings { get; set; }

    /// <summary>Told other ones.</summary>
    [Parameter] public EventCallback<ChartSettings> SettingsChanged { get; set; }

    /// <summary>A colour with its name: a run, or what the runs of a group have in common.</summary>
    private IReadOnlyList<(string Name, int Color)> Legend =>
        [.. Runs.GroupBy(run => run.Group ?? run.Id).Select(group => (group.First() is { Group: { } name } ? $"{name} ({group.Count()})" : group.First().Summary.Name, group.First().Color))];

    private IEnumerable<CurveChart> Charts => ((CurveChart?[])[_loss, _throughput, _gradient, _rate]).OfType<CurveChart>();

    private ZoomWindow? Places => Settings.Zoom is { } zoom ? zoom with { Heights = null } : null;

    /// <summary>Sends what is new to each chart, one after the other.</summary>
    public async Task DrawAsync(CancellationToken cancellationToken)
    {
        foreach (var chart in Charts) await chart.DrawAsync(cancellationToken);
    }

    /// <summary>Forgets what the browser has.</summary>
    public void Invalidate()
    {
        foreach (var chart in Charts) chart.Invalidate();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _hasBits = Runs.All(run => LossUnit.BitsPerByte(run.View.Dataset) is not null);
        _hasSeveralTokenizers = Runs.Select(run => run.View.Dataset?.TokenizerSha256).OfType<string>().Distinct().Count() > 1;
        var unit = _hasBits || Settings.Unit != LossUnitKind.Bits ? Settings.Unit : LossUnitKind.Nats;
        _lossLook = new CurveChartLook { Unit = LossUnit.Find(unit, Runs is [var first, ..] ? first.View.Dataset : null).Name, IsLogarithmic = Settings.IsYLogarithmic, ExcludesOutliers = Settings.ExcludesOutliers, HasLegend = false }.Over(Settings);
        _levels = Floors(unit);
        _lossSeries = [.. Runs.SelectMany(run => Losses(run, LossUnit.Find(unit, run.View.Dataset)))];
        _throughputSeries = Each(run => run.View.Curves.Throughput);
        _gradientSeries = Each(run => run.View.Curves.GradientNorm);
        _rateSeries = Each(run => run.View.Curves.LearningRate);
    }

    private IEnumerable<CurveSeries> Losses(ComparedRun run, LossUnit unit)
    {
        yield return Series(run, run.View.Curves.SmoothedTraining, CurveStyle.Main) with { Convert = unit.Of };
        if (run.View.Curves.Validation.Count > 0) yield return Series(run, run.View.Curves.Validation, CurveStyle.Marked) with { Name = run.Summary.Name + ", validation", Convert = unit.Of };
    }

    private IReadOnlyList<CurveSeries> Each(Func<ComparedRun, Curve> curve) => [.. Runs.Select(run => Series(run, curve(run), CurveStyle.Main))];

    private CurveSeries Series(ComparedRun run, Curve curve, CurveStyle style) => new(run.Group is { } group ? $"{group}: {run.Summary.Name}" : run.Summary.Name, curve, style) { Color = run.Color, IsPinned = run.Id == Baseline };

    /// <summary>Each floor once: runs on the same text share theirs.</summary>
    private IReadOnlyList<CurveLevel> Floors(LossUnitKind kind) =>
    [
        .. from run in Runs
           let dataset = run.View.Dataset
           where dataset?.EntropyFloor is not null
           let height = LossUnit.Find(kind, dataset).Of(dataset.EntropyFloor!.Value)
           group run by Math.Round(height, 3) into floor
           orderby floor.Key
           select new CurveLevel(floor.Count() == Runs.Count(run => run.IsRead) ? "entropy of the source" : $"entropy of the source ({(floor.Count() > 3 ? $"{floor.Count()} runs" : string.Join(", ", floor.Select(run => run.Summary.Name)))})", floor.Key),
    ];

    private Task Zoom(ZoomWindow? window) => SettingsChanged.InvokeAsync(Settings with { Zoom = window });
}
