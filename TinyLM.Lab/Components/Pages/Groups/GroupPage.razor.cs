using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Runs;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Components.Pages.Groups;

/// <summary>Runs that were launched together: what each reached over any setting, and a table.</summary>
public sealed partial class GroupPage : LiveComponent
{
    private const string SettingName = "x", ColorName = "color", ScaleName = "scale";

    private readonly ConcurrentDictionary<string, IReadOnlyList<SpecValue>> _settings = new(StringComparer.Ordinal);
    private IReadOnlyList<GroupedRun> _runs = [];
    private IReadOnlyList<RunSummary> _seen = [];
    private IReadOnlyList<string> _choices = [];
    private IReadOnlyList<SettingPoint> _points = [];
    private GroupSpec? _group;
    private string _setting = "", _color = "";

    /// <summary>Id of the group.</summary>
    [Parameter] public required string Id { get; set; }

    /// <summary>Setting along the axis; else the first that differs on purpose.</summary>
    [SupplyParameterFromQuery(Name = SettingName)] public string? X { get; set; }

    /// <summary>Setting of the colours; else the second that differs on purpose.</summary>
    [SupplyParameterFromQuery(Name = ColorName)] public string? ColorSetting { get; set; }

    /// <summary>Scale of the axis, <c>log</c> or <c>linear</c>; else logarithmic where values span more than a decade.</summary>
    [SupplyParameterFromQuery] public string? Scale { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Audience.Pace(TimeSpan.FromSeconds(1));

    private bool IsLogarithmic => Scale is { } scale ? scale == "log" : _points.Select(point => point.Place ?? 0).ToList() is [_, ..] places && places.Min() > 0 && places.Max() / places.Min() > 10;

    private string Standing => $"{(_runs.Count == 1 ? "1 run" : $"{_runs.Count} runs")}: {string.Join(", ", _runs.CountBy(run => run.Summary.Status).OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key.ToString().ToLowerInvariant()}"))}.";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        Take();
        Plot();
    }

    /// <inheritdoc/>
    protected override Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Take())
        {
            Plot();
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    private bool Take()
    {
        IReadOnlyList<RunSummary> runs = [.. Runs.List().Where(run => run.Group?.Id == Id)];
        if (_seen.SequenceEqual(runs) && _group?.Id == (runs is [var first, ..] ? first.Group!.Id : null)) return false;
        (_seen, _group) = (runs, runs is [.., var any] ? any.Group : null);
        _runs = [.. runs.Reverse().Select(run => new GroupedRun(run, _settings.GetOrAdd(run.Id, id => SpecValues.Of(Runs.GetSpec(id))))).OrderBy(run => run.Loss ?? double.PositiveInfinity)];
        return true;
    }

    private void Plot()
    {
        var differing = SpecValues.Differences([.. _runs.Select(run => run.Settings)]);
        _choices = [.. (_group?.Settings ?? []).Concat(differing).Distinct(), .. GroupedRun.Figures];
        _setting = X is not null && _choices.Contains(X) ? X : _choices[0];
        _color = ColorSetting switch
        {
            null => _group?.Settings.FirstOrDefault(path => path != _setting) ?? "",
            var asked => _choices.Contains(asked) && asked != _setting ? asked : "",
        };
        var hasNumbers = _runs.Where(run => run.Loss is not null).All(run => run.Number(_setting) is not null);
        _points =
        [
            .. from run in _runs
               where run.Loss is not null
               orderby _color.Length > 0 ? run.Number(_color) ?? 0 : 0
               select new SettingPoint(run.Summary.Name, hasNumbers ? run.Number(_setting) : null, run.Text(_setting), run.Loss!.Value, _color.Length > 0 ? $"{GroupedRun.Title(_color)} {run.Text(_color)}" : ""),
        ];
    }

    private async Task StopWaitingAsync()
    {
        foreach (var run in _runs.Where(run => run.Summary.Status == RunStatus.Queued)) await Commands.DoAsync(runs => runs.StopAsync(run.Summary.Id));
        Take();
    }

    private void Navigate(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
