using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>One run while it happens and ever after: progress, curves, samples, settings, and its model to write with.</summary>
public sealed partial class RunPage : LiveComponent
{
    private RunView? _view;
    private ChartSettings _settings = new();
    private RunCharts? _charts;
    private string? _shown;

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

    [Inject] private IRunService Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Opens the run's feed and reads it once, so that the first frame shows all there is.</summary>
    protected override void OnParametersSet()
    {
        _settings = ChartSettings.Parse(X, XScale, Axis, Unit, Smooth, Outliers, Zoom);
        if (_shown != RunId)
        {
            _shown = RunId;
            _view = Runs.OpenFeed(RunId) is { } feed ? new RunView(feed, Runs.GetSpec(RunId)) : null;
        }

        if (_view is null) return;
        _view.DrawOver(_settings.Axis, _settings.Smoothing);
        _view.Read();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_view is null) return;
        if (_view.Read()) StateHasChanged();
        if (_charts is not null) await _charts.DrawAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnReconnected() => _charts?.Invalidate();

    private IEnumerable<string> Facts(RunSummary run)
    {
        yield return $"{Display.Compact(run.ParameterCount)} parameters";
        yield return _view!.Spec.Data.Corpus == "stories" ? "built-in stories" : run.Corpus;
        if (_view?.Environment is { } environment) yield return $"{environment.DeviceName}, {environment.Precision}";
        yield return "started " + run.CreatedAt.ToLocalTime().ToString("d MMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
