using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Laws;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>A law fitted to finished runs or to a table, and how far each point lies from it.</summary>
public sealed partial class FitView : IDisposable
{
    private const string Table = "table", OfGroup = "group:", OfCorpus = "corpus:";

    /// <summary>Most bytes of a table: thousands of points.</summary>
    private const int MostBytes = 500_000;

    /// <summary>Longest table that stands in the address: what every browser and server takes.</summary>
    private const int MostInAddress = 2000;

    private readonly CancellationTokenSource _disposal = new();
    private CancellationTokenSource? _cancellation;
    private IReadOnlyList<(string, string)> _sources = [];
    private string _source = Table, _text = "";
    private IReadOnlyList<(LossPoint Point, RunSummary? Run)> _all = [], _rows = [];
    private IReadOnlyList<LossPoint> _points = [];
    private double? _floor;
    private string? _problem, _dropProblem;
    private int _dropped;
    private bool _isFitting;
    private LawReport? _report;

    /// <summary>Where the points come from: <c>table</c>, <c>group:&lt;id&gt;</c> or <c>corpus:&lt;id&gt;</c>.</summary>
    [SupplyParameterFromQuery(Name = "points")] public string? Source { get; set; }

    /// <summary>How many points of the highest loss are left out.</summary>
    [SupplyParameterFromQuery(Name = "drop")] public string? Dropped { get; set; }

    /// <summary>The table, as long as it is short.</summary>
    [SupplyParameterFromQuery(Name = "table")] public string? TableText { get; set; }

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private ILawFitter Fitter { get; set; } = null!;

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposal.Cancel();
        _disposal.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var finished = RunPoints.Finished(Runs.List());
        _sources =
        [
            .. finished.Where(run => run.Group is not null).GroupBy(run => run.Group!.Id).Select(group => (OfGroup + group.Key, $"{group.First().Group!.Name}: {Count(group.Count())}")),
            .. finished.GroupBy(run => run.Corpus).Select(group => (OfCorpus + group.Key, $"all on {group.Key}: {Count(group.Count())}")),
            (Table, "a table (CSV)"),
        ];
        var source = Source is not null && _sources.Any(one => one.Item1 == Source) ? Source : _sources[0].Item1;
        var dropped = int.TryParse(Dropped, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) ? count : 0;
        var isOtherTable = source == Table && TableText is not null && TableText != _text;
        if (isOtherTable) _text = TableText!;
        if (!isOtherTable && source == _source && dropped == _dropped && (source == Table || _all.Count > 0)) return; // what was fitted stays
        (_source, _dropped) = (source, dropped);
        if (source == Table)
        {
            Read(_text);
            return;
        }

        List<RunSummary> runs = [.. finished.Where(run => source == (source.StartsWith(OfGroup, StringComparison.Ordinal) ? OfGroup + run.Group?.Id : OfCorpus + run.Corpus)).OrderBy(run => run.ParameterCount)];
        _all = [.. runs.Select(run => (RunPoints.Of(run), (RunSummary?)run))];
        _floor = runs.Select(run => run.EntropyFloor).Distinct().ToList() is [{ } only] ? only : null;
        Take();
    }

    private void Choose(string source) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("points", source), replace: true);

    private void Write(string? text)
    {
        Read(_text = text ?? "");
        Navigation.RememberInAddress(new Dictionary<string, object?> { ["points"] = Table, ["table"] = _text.Length is > 0 and <= MostInAddress ? _text : null });
    }

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        if (chosen.File.Size > MostBytes)
        {
            _problem = $"{chosen.File.Name} has {Display.Bytes(chosen.File.Size)}; a table of points may have {Display.Bytes(MostBytes)}.";
            return;
        }

        using var reader = new StreamReader(chosen.File.OpenReadStream(MostBytes, _disposal.Token));
        Write(await reader.ReadToEndAsync(_disposal.Token));
    }

    private void Read(string text)
    {
        (_all, _floor) = ([], null);
        string? problem = null;
        try
        {
            using var reader = new StringReader(text);
            if (text.Trim().Length > 0) _all = [.. LossPoints.Parse(reader, "The table").Select(point => (point, (RunSummary?)null))];
        }
        catch (InvalidDataException e)
        {
            problem = e.Message;
        }

        Take();
        _problem = problem;
    }

    /// <summary>What is to be fitted, in the order in which it came.</summary>
    private void Take()
    {
        _dropProblem = _dropped < 0 ? "It must be 0 or more." : null;
        var left = _all.Index().OrderByDescending(row => row.Item.Point.Loss).Take(Math.Max(0, _dropped)).Select(row => row.Index).ToHashSet();
        _rows = [.. _all.Where((_, index) => !left.Contains(index))];
        (_points, _report, _problem) = ([.. _rows.Select(row => row.Point)], null, null);
    }

    private void Drop(int count) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("drop", count), replace: true);

    private async Task FitAsync()
    {
        using var cancellation = _cancellation = CancellationTokenSource.CreateLinkedTokenSource(_disposal.Token);
        var points = _points;
        (_isFitting, _problem) = (true, null);
        try
        {
            var report = await Fitter.FitAsync(points, cancellation.Token);
            if (!ReferenceEquals(points, _points)) return; // others were chosen meanwhile
            _report = report;
        }
        catch (ArgumentException e)
        {
            _problem = e.Message;
        }
        catch (OperationCanceledException)
        {
            // The person thought better of it, or has left.
        }
        finally
        {
            (_isFitting, _cancellation) = (false, null);
        }
    }

    private Task CancelAsync() => _cancellation?.CancelAsync() ?? Task.CompletedTask;

    private static string Count(int runs) => runs == 1 ? "1 run" : $"{runs} runs";
}
