using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>The curves of a run: losses with the entropy of the source, and beneath them what explains them.</summary>
public sealed partial class RunCharts
{
    /// <summary>Calls of <see cref="DrawAsync"/> for each redraw of the small charts.</summary>
    private const int SmallChartInterval = 4;

    private int _draws;
    private CurveChartLook _lossLook = new() { Unit = LossUnit.NatsPerToken.Name };
    private IReadOnlyList<CurveLevel> _levels = [];
    private CurveChart? _loss;
    private IReadOnlyList<CurveSeries> _lossSeries = [];
    private IReadOnlyList<SmallChart> _small = [];
    private (RunCurves, string)? _shown;

    /// <summary>The curves.</summary>
    [Parameter, EditorRequired] public required RunCurves Curves { get; set; }

    /// <summary>Bytes per token and entropy, once known.</summary>
    [Parameter] public DatasetEvent? Dataset { get; set; }

    /// <summary>Device and its peak, once known.</summary>
    [Parameter] public EnvironmentEvent? Environment { get; set; }

    /// <summary>Axes, unit, smoothing and zoom.</summary>
    [Parameter, EditorRequired] public required ChartSettings Settings { get; set; }

    /// <summary>What stands between the loss and the other curves.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <summary>Where the run stands.</summary>
    [Parameter, EditorRequired] public required RunStatus Status { get; set; }

    private string Waiting => Status switch
    {
        RunStatus.Queued => "The curve begins when the run does.",
        _ when Status.IsTerminal() => "The run ended before its first step.",
        _ => "The curve begins with the first step.",
    };

    /// <summary>Sends what is new to each chart, one after the other; to the small ones only every fourth time.</summary>
    /// <remarks>A redraw costs a browser without a graphics card about 20 ms, which a worker on the same processor then lacks.</remarks>
    public async Task DrawAsync(CancellationToken cancellationToken)
    {
        var charts = _draws++ % SmallChartInterval == 0 ? Charts : [_loss];
        foreach (var chart in charts.ToList())
            if (chart is not null) await chart.DrawAsync(cancellationToken);
    }

    /// <summary>Forgets what the browser has.</summary>
    public void Invalidate()
    {
        foreach (var chart in Charts) chart?.Invalidate();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var unit = LossUnit.Find(Settings.Unit, Dataset);
        _lossLook = new CurveChartLook { Unit = unit.Name, IsLogarithmic = Settings.IsYLogarithmic, ExcludesOutliers = Settings.ExcludesOutliers }.Over(Settings);
        _levels = Dataset?.EntropyFloor is { } floor
            ? [new CurveLevel(Dataset.EntropyFloorIsUpperBound ? "entropy of the source (upper bound)" : "entropy of the source", unit.Of(floor))]
            : [];
        if (_shown == (Curves, unit.Name)) return;
        _shown = (Curves, unit.Name);
        _lossSeries =
        [
            new CurveSeries("training, each step", Curves.Training, CurveStyle.Faint) { Convert = unit.Of },
            new CurveSeries("training, smoothed", Curves.SmoothedTraining, CurveStyle.Main) { Convert = unit.Of },
            new CurveSeries("validation", Curves.Validation, CurveStyle.Marked) { Convert = unit.Of },
        ];
        _small = [.. MetricChart.Of(Settings.Metrics).Select(chart => new SmallChart(chart, Curves))];
    }

    private IEnumerable<CurveChart?> Charts => [_loss, .. _small.Where(IsShown).Select(small => small.View)];

    /// <summary>The places in sight; the small charts keep their heights.</summary>
    private ZoomWindow? Places => Settings.Zoom is { } zoom ? zoom with { Heights = null } : null;

    /// <summary>Before there is anything the usual charts wait for it; later those are shown that have something.</summary>
    private bool IsShown(SmallChart small) => small.Series.Any(series => series.Curve.Count > 0) || (Curves.Training.Count == 0 && !small.Chart.IsOptional);

    private string? HintOf(MetricChart chart) => chart.Id switch
    {
        "update-chart" => "How far an update moves the weights, relative to them (Euclidean lengths), every tenth step or so. About 0.001 is usual; far more is too high a learning rate, far less too low a one.",
        "utilization-chart" when Environment is { PeakFlopsPerSecond: { } peak, FlopsPerToken: { } flops } environment =>
            $"Operations of the model a second, as a part of the most that the device could do. Convention: 6N + 6LCT, {Display.Compact(flops)} operations a token for forward and backward. Peak: {Display.Compact(peak)} a second in {environment.Precision}, {(environment.PeakIsMeasured == false ? "by the data sheet" : "measured by a large matrix product at the start of the run")}.",
        "times-chart" => "Mean over the steps between two points. Backward counts the waiting for the slowest thread; on a graphics card every tenth step is measured, since it must wait for the card.",
        _ => null,
    };

    private void Zoom(ZoomWindow? window) => Choose(Settings with { Zoom = window });

    private void Choose(ChartSettings settings) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(settings.ToQuery()), replace: true);

    /// <summary>A small chart, its series, and its view while it is shown.</summary>
    private sealed class SmallChart(MetricChart chart, RunCurves curves)
    {
        public MetricChart Chart => chart;

        public IReadOnlyList<CurveSeries> Series { get; } =
            [.. chart.Metrics.Select((metric, i) => new CurveSeries(metric.Name, curves.Of(metric), CurveStyle.Main) { Color = chart.Metrics.Count > 1 ? i : null })];

        public CurveChart? View { get; set; }
    }
}
