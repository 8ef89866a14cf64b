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

    private LossUnit _unit = LossUnit.NatsPerToken;
    private int _draws;
    private CurveChartLook _lossLook = new() { Unit = LossUnit.NatsPerToken.Name };
    private CurveLevel? _level;
    private CurveChart? _loss, _throughput, _gradient, _rate;
    private IReadOnlyList<CurveSeries> _lossSeries = [], _throughputSeries = [], _gradientSeries = [], _rateSeries = [];
    private RunCurves? _shown;

    /// <summary>The curves.</summary>
    [Parameter, EditorRequired] public required RunCurves Curves { get; set; }

    /// <summary>Bytes per token and entropy, once known.</summary>
    [Parameter] public DatasetEvent? Dataset { get; set; }

    /// <summary><c>bits</c> for bits per byte, else nats per token.</summary>
    [Parameter] public string? Unit { get; set; }

    /// <summary>Whether the loss axis is logarithmic.</summary>
    [Parameter] public bool IsLogarithmic { get; set; }

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
        _unit = Unit == "bits" && LossUnit.BitsPerByte(Dataset) is { } bits ? bits : LossUnit.NatsPerToken;
        _lossLook = new CurveChartLook { Unit = _unit.Name, Scale = _unit.Scale, IsLogarithmic = IsLogarithmic };
        _level = Dataset?.EntropyFloor is { } floor ? new CurveLevel(Dataset.EntropyFloorIsUpperBound ? "entropy of the source (upper bound)" : "entropy of the source", floor) : null;
        if (_shown == Curves) return;
        _shown = Curves;
        _lossSeries =
        [
            new CurveSeries("training, each step", Curves.Training, CurveStyle.Faint),
            new CurveSeries("training, smoothed", Curves.SmoothedTraining, CurveStyle.Main),
            new CurveSeries("validation", Curves.Validation, CurveStyle.Marked),
        ];
        _throughputSeries = [new CurveSeries("tokens a second", Curves.Throughput, CurveStyle.Main)];
        _gradientSeries = [new CurveSeries("gradient norm", Curves.GradientNorm, CurveStyle.Main)];
        _rateSeries = [new CurveSeries("learning rate", Curves.LearningRate, CurveStyle.Main)];
    }

    private void ChooseUnit(string? unit) => Navigate("unit", unit == "bits" ? unit : null);

    private void ChooseAxis(bool isLogarithmic) => Navigate("axis", isLogarithmic ? "log" : null);

    private void Navigate(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
