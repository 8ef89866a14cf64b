using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>The curves of a run: losses with the entropy of the source, and beneath them what explains them.</summary>
public sealed partial class RunCharts
{
    private static readonly CurveChartLook s_throughputLook = new() { Unit = "tokens/s", Format = ",.0f", AxisFormat = "~s", IsSmall = true };
    private static readonly CurveChartLook s_gradientLook = new() { Unit = "norm", Format = ".3f", IsSmall = true };
    private static readonly CurveChartLook s_rateLook = new() { Unit = "rate", Format = ".3~g", IsSmall = true };

    /// <summary>Calls of <see cref="DrawAsync"/> for each redraw of the small charts.</summary>
    private const int SmallChartInterval = 4;

    private int _draws;
    private CurveChartLook _lossLook = new() { Unit = LossUnit.NatsPerToken.Name };
    private IReadOnlyList<CurveLevel> _levels = [];
    private CurveChart? _loss, _throughput, _gradient, _rate;
    private IReadOnlyList<CurveSeries> _lossSeries = [], _throughputSeries = [], _gradientSeries = [], _rateSeries = [];
    private (RunCurves, string)? _shown;

    /// <summary>The curves.</summary>
    [Parameter, EditorRequired] public required RunCurves Curves { get; set; }

    /// <summary>Bytes per token and entropy, once known.</summary>
    [Parameter] public DatasetEvent? Dataset { get; set; }

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
        var charts = (CurveChart?[])(_draws++ % SmallChartInterval == 0 ? [_loss, _throughput, _gradient, _rate] : [_loss]);
        foreach (var chart in charts)
            if (chart is not null) await chart.DrawAsync(cancellationToken);
    }

    /// <summary>Forgets what the browser has.</summary>
    public void Invalidate()
    {
        foreach (var chart in (CurveChart?[])[_loss, _throughput, _gradient, _rate]) chart?.Invalidate();
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
        _throughputSeries = [new CurveSeries("tokens a second", Curves.Throughput, CurveStyle.Main)];
        _gradientSeries = [new CurveSeries("gradient norm", Curves.GradientNorm, CurveStyle.Main)];
        _rateSeries = [new CurveSeries("learning rate", Curves.LearningRate, CurveStyle.Main)];
    }

    /// <summary>The places in sight; the small charts keep their heights.</summary>
    private ZoomWindow? Places => Settings.Zoom is { } zoom ? zoom with { Heights = null } : null;

    private void Zoom(ZoomWindow? window) => Choose(Settings with { Zoom = window });

    private void Choose(ChartSettings settings) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(settings.ToQuery()), replace: true);
}
