using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Run;

/// <summary>One run while it happens and ever after: progress, curves, samples, settings, and its model to write with.</summary>
public sealed partial class RunPage : LiveComponent
{
    private RunView? _view;
    private RunSpec? _spec;
    private RunCharts? _charts;
    private string? _shown;

    /// <summary>Id of the run.</summary>
    [Parameter, EditorRequired] public required string RunId { get; set; }

    /// <summary>Unit of losses: <c>bits</c> for bits per byte, else nats per token.</summary>
    [SupplyParameterFromQuery] public string? Unit { get; set; }

    /// <summary>Axis of losses: <c>log</c>, else linear.</summary>
    [SupplyParameterFromQuery] public string? Axis { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(250);

    /// <summary>Opens the run's feed and reads it once, so that the first frame shows all there is.</summary>
    protected override void OnParametersSet()
    {
        if (_shown == RunId) return;
        _shown = RunId;
        _view = Runs.OpenFeed(RunId) is { } feed ? new RunView(feed) : null;
        if (_view is null) return;
        _spec = Runs.GetSpec(RunId);
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
        yield return _spec!.Data.Corpus == "stories" ? "built-in stories" : run.Corpus;
        if (_view?.Environment is { } environment) yield return $"{environment.DeviceName}, {environment.Precision}";
        yield return "started " + run.CreatedAt.ToLocalTime().ToString("d MMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture);
    }
}
