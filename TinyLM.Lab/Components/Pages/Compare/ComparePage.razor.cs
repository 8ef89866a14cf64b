using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>Runs beside each other: their curves in one picture, their results and their settings in tables. All that is chosen stands in the address.</summary>
public sealed partial class ComparePage : LiveComponent
{
    private const string RunsName = "runs", BaselineName = "baseline", AllName = "all";

    private readonly Dictionary<string, ComparedRun> _known = [];
    private IReadOnlyList<ComparedRun> _runs = [];
    private IReadOnlyList<RunSummary> _others = [];
    private IReadOnlyList<string> _unknown = [];
    private ChartSettings _settings = new();
    private CompareCharts? _charts;

    /// <summary>Ids of the runs, with commas between them.</summary>
    [SupplyParameterFromQuery(Name = RunsName)] public string? Ids { get; set; }

    /// <summary>Run that the others are measured against.</summary>
    [SupplyParameterFromQuery] public string? Baseline { get; set; }

    /// <summary>Whether settings are shown that all runs have alike.</summary>
    [SupplyParameterFromQuery] public string? All { get; set; }

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

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _settings = ChartSettings.Parse(X, XScale, Axis, Unit, Smooth, Outliers, Zoom);
        var ids = (Ids ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        foreach (var gone in _known.Keys.Except(ids).ToList()) _known.Remove(gone);
        _runs = [.. ids.Select(Open).OfType<ComparedRun>()];
        _unknown = [.. ids.Except(_known.Keys)];
        _others = [.. Runs.List().Where(run => !_known.ContainsKey(run.Id))];
        foreach (var run in _runs)
        {
            run.View.DrawOver(_settings.Axis, _settings.Smoothing);
            run.View.Read();
        }
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var isNew = false;
        foreach (var run in _runs) isNew |= run.View.Read();
        if (isNew) StateHasChanged();
        if (_charts is not null) await _charts.DrawAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override void OnReconnected() => _charts?.Invalidate();

    /// <summary>Opens a run once; it keeps its colour while it is looked at.</summary>
    private ComparedRun? Open(string id)
    {
        if (_known.TryGetValue(id, out var known)) return known;
        if (Runs.OpenFeed(id) is not { } feed) return null;
        var spec = Runs.GetSpec(id);
        var taken = _known.Values.Select(run => run.Color).ToHashSet();
        var color = Enumerable.Range(0, taken.Count + 1).First(index => !taken.Contains(index));
        return _known[id] = new ComparedRun(new RunView(feed, spec), color, SpecValues.Of(spec));
    }

    private void Add(ChangeEventArgs change)
    {
        if (change.Value is string { Length: > 0 } id) Navigate(RunsName, string.Join(',', _runs.Select(run => run.Id).Append(id)));
    }

    private void Remove(string id) => Navigate(RunsName, string.Join(',', _runs.Select(run => run.Id).Where(other => other != id)) is { Length: > 0 } left ? left : null);

    private void Choose(ChartSettings settings) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(settings.ToQuery()), replace: true);

    private void Navigate(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
