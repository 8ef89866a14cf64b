using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Model.Corpora;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>One run while it happens and ever after: progress, curves, samples, settings, and its model to write with.</summary>
public sealed partial class RunPage : LiveComponent
{
    /// <summary>Reads of the feed for each rendering of words and figures, which many viewers would make dear; the curve is sent each time.</summary>
    private const int ReadsPerRender = 2;

    private RunView? _view;
    private RunEstimate? _estimate;
    private ChartSettings _settings = new();
    private RunCharts? _charts;
    private string? _shown;
    private bool _isBehind;
    private int _reads;

    /// <summary>Id of the run.</summary>
    [Parameter, EditorRequired] public required string RunId { get; set; }

    /// <summary>What curves are drawn over, as <see cref="ChartSettings"/> reads it.</summary>
    [SupplyParameterFromQuery] public string? X { get; set; }

    /// <summary>Scale of the horizontal axis.</summary>
    [SupplyParameterFromQuery] public string? XScale { get; set; }

    /// <summary>Scale of the axis of losses.</summary>
    [SupplyParameterFromQuery] public string? Axis { get; set; }

    /// <summary>Unit of losses.</summary>
    [SupplyParameterFromQuery] public string? Unit { get; set; }

    /// <summary>Weight of the past in smoothed curves.</summary>
    [SupplyParameterFromQuery] public string? Smooth { get; set; }

    /// <summary>Whether outliers are left out.</summary>
    [SupplyParameterFromQuery] public string? Outliers { get; set; }

    /// <summary>What is in sight.</summary>
    [SupplyParameterFromQuery] public string? Zoom { get; set; }

    /// <summary>Which curves stand beneath the loss.</summary>
    [SupplyParameterFromQuery(Name = "curves")] public string? Metrics { get; set; }

    /// <summary>Step of the samples that are looked at; null follows the newest.</summary>
    [SupplyParameterFromQuery] public int? Sample { get; set; }

    /// <summary>What of the data is shown: <c>batch</c> or <c>loss</c>.</summary>
    [SupplyParameterFromQuery] public string? See { get; set; }

    /// <summary>Number of the document whose loss is shown, from 1.</summary>
    [SupplyParameterFromQuery] public int? Document { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Audience.Pace(TimeSpan.FromMilliseconds(250));

    /// <summary>Opens the run's feed and reads it once, so that the first frame shows all there is.</summary>
    protected override void OnParametersSet()
    {
        _settings = ChartSettings.Parse(X, XScale, Axis, Unit, Smooth, Outliers, Zoom, Metrics);
        if (_shown != RunId)
        {
            _shown = RunId;
            _view = Runs.OpenFeed(RunId) is { } feed ? new RunView(feed, Runs.GetSpec(RunId)) : null;
            _estimate = _view is null ? null : Runs.GetEstimate(RunId);
        }

        if (_view is null) return;
        _view.DrawOver(_settings.Axis, _settings.Smoothing, _settings.Metrics);
        _view.Read();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_view is null) return;
        var status = _view.Summary?.Status;
        _isBehind |= _view.Read();
        if (_isBehind && (++_reads % ReadsPerRender == 0 || _view.Summary?.Status != status))
        {
            _isBehind = false;
            StateHasChanged();
        }

        if (_charts is not null) await _charts.DrawAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnReconnected() => _charts?.Invalidate();

    private void Look((string? See, int Document) chosen) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["see"] = chosen.See, ["document"] = chosen.Document == 0 ? null : chosen.Document + 1 }), replace: true);

    private void Go(string parameter, int? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(parameter, value), replace: true);

    /// <summary>The step where a run ended, which extending it tells.</summary>
    private static int? EndOf(RunSummary run) => run.Status.IsTerminal() ? run.Step : null;

    private IEnumerable<string> Facts(RunSummary run)
    {
        if (run.ParameterCount > 0) yield return $"{Display.Compact(run.ParameterCount)} parameters";
        if (!run.IsDamaged) yield return StorySet.Find(_view!.Spec.Data.Corpus) is { } stories ? $"built-in: {stories.Name}" : run.Corpus;
        if (_view?.Environment is { } environment) yield return $"{environment.DeviceName}, {environment.Precision}";
        yield return "started " + run.CreatedAt.ToLocalTime().ToString("d MMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
