using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>Runs beside each other: their curves in one picture, their results and their settings in tables. All that is chosen stands in the address.</summary>
public sealed partial class ComparePage : LiveComponent
{
    private const string RunsName = "runs", BaselineName = "baseline", AllName = "all", ColorName = "color";

    /// <summary>Runs whose curves are read before the page is drawn; those of more come after it.</summary>
    private const int ReadAtOnce = 3;

    /// <summary>Parts in which the curves of many runs come, each a redraw, and the fewest of a part.</summary>
    private const int Parts = 3, FewestOfAPart = 8;

    private readonly Dictionary<string, ComparedRun> _known = [];
    private IReadOnlyList<ComparedRun> _runs = [];
    private IReadOnlyList<RunSummary> _others = [];
    private IReadOnlyList<string> _unknown = [], _colorings = [];
    private ChartSettings _settings = new();
    private CompareCharts? _charts;
    private string? _arranged;

    /// <summary>Ids of the runs, with commas between them.</summary>
    [SupplyParameterFromQuery(Name = RunsName)] public string? Ids { get; set; }

    /// <summary>Run that the others are measured against.</summary>
    [SupplyParameterFromQuery] public string? Baseline { get; set; }

    /// <summary>What runs of one colour have in common, as <see cref="RunColoring"/> reads it.</summary>
    [SupplyParameterFromQuery(Name = ColorName)] public string? Coloring { get; set; }

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

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Audience.Pace(TimeSpan.FromMilliseconds(500));

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _settings = ChartSettings.Parse(X, XScale, Axis, Unit, Smooth, Outliers, Zoom);
        var ids = (Ids ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        foreach (var gone in _known.Keys.Except(ids).ToList()) _known.Remove(gone);
        foreach (var id in ids) Open(id);
        _unknown = [.. ids.Except(_known.Keys)];
        _others = [.. Runs.List().Where(run => !_known.ContainsKey(run.Id))];
        foreach (var run in _known.Values.Where(run => run.IsRead || _known.Count <= ReadAtOnce))
        {
            run.View.DrawOver(_settings.Axis, _settings.Smoothing);
            run.View.Read();
        }

        Arrange();
    }

    /// <inheritdoc/>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var isNew = false;
        foreach (var run in _known.Values.Where(run => run.IsRead)) isNew |= run.View.Read();
        if (isNew)
        {
            Arrange();
            StateHasChanged();
        }

        if (_known.Values.Any(run => !run.IsRead)) await ReadOthersAsync(cancellationToken);
        if (_charts is not null) await _charts.DrawAsync(cancellationToken);
    }

    /// <summary>Reads the curves of runs that the page was drawn without, on other threads and in parts.</summary>
    private async Task ReadOthersAsync(CancellationToken cancellationToken)
    {
        var waiting = _known.Values.Where(run => !run.IsRead).ToList();
        foreach (var part in waiting.Chunk(Math.Max(FewestOfAPart, (waiting.Count + Parts - 1) / Parts)))
        {
            var (axis, smoothing) = (_settings.Axis, _settings.Smoothing);
            var read = await Task.Run(() => part.AsParallel().WithCancellation(cancellationToken).Select(run => run with { View = Read(run, axis, smoothing) }).ToList(), cancellationToken);
            foreach (var run in read.Where(run => _known.ContainsKey(run.Id)))
            {
                run.View.DrawOver(_settings.Axis, _settings.Smoothing); // another may have been chosen meanwhile
                _known[run.Id] = run;
            }

            Arrange();
            StateHasChanged();
            if (_charts is not null) await _charts.DrawAsync(cancellationToken);
        }
    }

    /// <summary>A view of its own, which no one draws meanwhile.</summary>
    private RunView Read(ComparedRun run, HorizontalAxis axis, double smoothing)
    {
        if (Runs.OpenFeed(run.Id) is not { } feed) return run.View; // deleted in between
        var view = new RunView(feed, run.View.Spec);
        view.DrawOver(axis, smoothing);
        view.Read();
        return view;
    }

    private void Arrange()
    {
        var order = (Ids ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct();
        var runs = order.Select(id => _known.GetValueOrDefault(id)).OfType<ComparedRun>().ToList();
        if (Ids != _arranged) _colorings = [RunColoring.BySweep, RunColoring.ByTag, .. SpecValues.Differences([.. runs.Select(run => run.Settings)])]; // settings never change
        _arranged = Ids;
        _runs = RunColoring.Of(runs, Coloring is not null && _colorings.Contains(Coloring) ? Coloring : null);
    }

    /// <inheritdoc/>
    protected override void OnReconnected() => _charts?.Invalidate();

    /// <summary>Opens a run once; its curves are read later.</summary>
    private void Open(string id)
    {
        if (_known.ContainsKey(id) || Runs.Find(id) is not { } summary || Runs.OpenFeed(id) is not { } feed) return;
        var spec = Runs.GetSpec(id);
        _known[id] = new ComparedRun(summary, new RunView(feed, spec), SpecValues.Of(spec));
    }

    private async Task PaintAsync((string Id, int? Color) choice)
    {
        if (await Commands.DoAsync(runs => runs.ChangeNotesAsync(choice.Id, notes => notes with { Color = choice.Color })) && _known.TryGetValue(choice.Id, out var run))
        {
            run.View.Read();
            _known[choice.Id] = run with { Listed = Runs.Find(choice.Id) ?? run.Listed };
        }

        Arrange();
    }

    private void Add(ChangeEventArgs change)
    {
        if (change.Value is string { Length: > 0 } id) Navigate(RunsName, string.Join(',', _runs.Select(run => run.Id).Append(id)));
    }

    private void Remove(string id) => Navigate(RunsName, string.Join(',', _runs.Select(run => run.Id).Where(other => other != id)) is { Length: > 0 } left ? left : null);

    private void Choose(ChartSettings settings) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(settings.ToQuery()), replace: true);

    private void Navigate(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
