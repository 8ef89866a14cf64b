using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Filtering;

namespace TinyLM.Lab.Components.Pages.Home;

/// <summary>The runs that a filter lets through, in order and in groups, and what can be done with several at once.</summary>
public sealed partial class RunList
{
    private const string QueryName = "q", OrderName = "sort", GroupingName = "group";

    /// <summary>Rows that are drawn first: what a screen shows. The others follow at once.</summary>
    private const int FirstRows = 30;

    private readonly ConcurrentDictionary<string, IReadOnlyList<SpecValue>> _settings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _selection = [];
    private IReadOnlyList<RunGroup> _groups = [];
    private RunFilter _filter = RunFilter.All;
    private string? _problem;
    private int _rows = FirstRows;

    /// <summary>All runs, the newest first.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<RunSummary> Runs { get; set; }

    /// <summary>The present time.</summary>
    [Parameter, EditorRequired] public required DateTimeOffset Now { get; set; }

    /// <summary>Which to show.</summary>
    [Parameter] public string? Query { get; set; }

    /// <summary>In which order.</summary>
    [Parameter] public RunOrder Order { get; set; }

    /// <summary>In which groups.</summary>
    [Parameter] public RunGrouping Grouping { get; set; }

    /// <summary>Told that a run was changed here.</summary>
    [Parameter] public EventCallback Changed { get; set; }

    [Inject] private IRunService Service { get; set; } = null!;

    [Inject] private RunCommands Commands { get; set; } = null!;

    [Inject] private IDialogService Dialogs { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private IReadOnlyList<RunSummary> Selected => [.. Runs.Where(run => _selection.Contains(run.Id))];

    private string Count
    {
        get
        {
            var shown = _groups.SelectMany(group => group.Runs).Distinct().Count();
            var all = Runs.Count == 1 ? "1 run" : $"{Display.Count(Runs.Count)} runs";
            return shown == Runs.Count ? all : $"{Display.Count(shown)} of {all}";
        }
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        try
        {
            (_filter, _problem) = (RunFilter.Parse(Query), null);
        }
        catch (FilterException e)
        {
            _problem = e.Message; // the last filter that was understood goes on
        }

        _selection.IntersectWith(Runs.Select(run => run.Id));
        _groups = RunListing.Of(Runs.Select(run => new RunFacts(run, () => SettingsOf(run.Id))), _filter, Order, Grouping);
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (_rows == int.MaxValue) return;
        _rows = int.MaxValue;
        StateHasChanged();
    }

    private IReadOnlyList<SpecValue> SettingsOf(string runId) => _settings.GetOrAdd(runId, id =>
    {
        try
        {
            return SpecValues.Of(Service.GetSpec(id));
        }
        catch (KeyNotFoundException)
        {
            return []; // deleted in between
        }
    });

    private void Select(RunSummary run, bool isSelected)
    {
        if (isSelected) _selection.Add(run.Id);
        else _selection.Remove(run.Id);
    }

    private Task StarAsync(RunSummary run, bool isStarred) => ChangeAsync([run], notes => notes with { Star = isStarred });

    private Task ArchiveAsync(IReadOnlyList<RunSummary> runs)
    {
        var isArchived = !runs.All(run => run.IsArchived);
        _selection.Clear();
        return ChangeAsync(runs, notes => notes with { Archived = isArchived });
    }

    private async Task TagAsync(IReadOnlyList<RunSummary> runs)
    {
        var dialog = await Dialogs.ShowAsync<TextDialog>("Add tags", new DialogParameters<TextDialog>
        {
            { one => one.Label, "Tags, with commas between them" }, { one => one.Text, "" }, { one => one.Action, "Add" }, { one => one.MaxLength, 400 },
        });
        if (await dialog.Result is not { Canceled: false, Data: string text }) return;
        await ChangeAsync(runs, notes => notes with { Tags = (notes.Tags ?? RunTags.None).With(RunTags.Parse(text)) });
    }

    private async Task ChangeAsync(IReadOnlyList<RunSummary> runs, Func<RunNotes, RunNotes> change)
    {
        foreach (var run in runs) await Commands.DoAsync(service => service.ChangeNotesAsync(run.Id, change));
        await Changed.InvokeAsync();
    }

    private async Task DeleteAsync(IReadOnlyList<RunSummary> runs)
    {
        await Commands.DeleteAsync(runs);
        await Changed.InvokeAsync();
    }

    private void Navigate(string name, string? value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrWhiteSpace(value) ? null : value), replace: true);

    private static string Name<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static string TitleOf(RunOrder order) => order switch
    {
        RunOrder.Newest => "newest first",
        RunOrder.Name => "by name",
        RunOrder.Loss => "lowest loss first",
        RunOrder.Parameters => "smallest first",
        RunOrder.Time => "longest first",
        _ => "largest on disk first",
    };

    private static string TitleOf(RunGrouping grouping) => grouping switch
    {
        RunGrouping.None => "none",
        RunGrouping.Status => "by status",
        RunGrouping.Tag => "by tag",
        RunGrouping.Corpus => "by corpus",
        RunGrouping.Sweep => "by sweep",
        _ => "by preset",
    };
}
