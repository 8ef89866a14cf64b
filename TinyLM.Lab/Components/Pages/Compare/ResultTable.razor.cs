using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Security;

namespace TinyLM.Lab.Components.Pages.Compare;

/// <summary>What each run reached, the best of each column in bold, and how far from the pinned run.</summary>
public sealed partial class ResultTable
{
    private static readonly IReadOnlyList<(string Title, Column Column)> s_columns =
    [
        ("Best validation", new Column(run => run.BestValidation, Loss, LessIsBetter: true)),
        ("Validation", new Column(run => run.Summary.ValidationLoss, Loss, LessIsBetter: true)),
        ("Bits per byte", new Column(run => run.Summary.ValidationLoss is { } loss && LossUnit.BitsPerByte(run.View.Dataset) is { } bits ? bits.Of(loss) : null, Loss, LessIsBetter: true)),
        ("Training", new Column(run => run.View.Curves.SmoothedTraining.Points is [.., var last] ? last.Value : null, Loss, LessIsBetter: true)),
        ("Steps", new Column(run => run.Summary.Step, value => Display.Count((long)value), null)),
        ("Tokens", new Column(run => run.Summary.Tokens, Display.Compact, null)),
        ("Time", new Column(run => run.Summary.WallTime, value => Display.Duration(TimeSpan.FromSeconds(value)), null)),
        ("Tokens a second", new Column(run => run.Summary.TokensPerSecond, Display.Compact, LessIsBetter: false)),
        ("Parameters", new Column(run => run.Summary.ParameterCount, Display.Compact, null)),
        ("On disk", new Column(run => run.Summary.DiskBytes, value => Display.Bytes((long)value), null)),
    ];

    /// <summary>Runs of which each has a menu of colours: more have more colours than can be told apart.</summary>
    private const int PaintableRuns = 24;

    /// <summary>Rows that are drawn first: more than a screen shows. The others follow at once.</summary>
    private const int FirstRows = 30;

    private readonly Dictionary<Column, double> _best = [];
    private int _rows = FirstRows;
    private ComparedRun? _baseline;

    [Inject] private Visitor Visitor { get; set; } = null!;

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<ComparedRun> Runs { get; set; }

    /// <summary>Id of the pinned run.</summary>
    [Parameter] public string? Baseline { get; set; }

    /// <summary>Told the id of another; null for none.</summary>
    [Parameter] public EventCallback<string?> BaselineChanged { get; set; }

    /// <summary>Told the id of a run to leave out.</summary>
    [Parameter] public EventCallback<string> Removed { get; set; }

    /// <summary>Told the colour that a person chose for a run; null for whichever is free.</summary>
    [Parameter] public EventCallback<(string Id, int? Color)> Painted { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _baseline = Runs.FirstOrDefault(run => run.Id == Baseline);
        _best.Clear();
        if (Runs.Count < 2) return;
        foreach (var (_, column) in s_columns)
        {
            if (column.LessIsBetter is not { } less) continue;
            var all = Runs.Select(column.Read).OfType<double>().Where(double.IsFinite).ToList();
            if (all.Count > 0) _best[column] = less ? all.Min() : all.Max();
        }
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (_rows == int.MaxValue) return;
        _rows = int.MaxValue;
        StateHasChanged();
    }

    private bool IsBest(Column column, double? value) => value is { } known && _best.TryGetValue(column, out var best) && known == best;

    /// <summary>The mean of a group, of losses with the standard deviation.</summary>
    private string Mean(Column column, string group)
    {
        var values = Runs.Where(run => run.Group == group).Select(column.Read).OfType<double>().Where(double.IsFinite).ToList();
        if (values.Count == 0) return Display.None;
        var mean = values.Average();
        if (column.LessIsBetter != true || values.Count < 2) return column.Format(mean);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return $"{column.Format(mean)} ± {column.Format(deviation)}";
    }

    /// <summary>Of losses as a difference, of all else as a ratio.</summary>
    private string? Difference(Column column, ComparedRun run, double? value)
    {
        if (_baseline is null || run.Id == _baseline.Id || value is not { } here || column.Read(_baseline) is not { } there || !double.IsFinite(here - there)) return null;
        if (column.LessIsBetter == true) return (here - there).ToString("+0.000;−0.000;±0", CultureInfo.InvariantCulture);
        return there > 0 ? "× " + (here / there).ToString("0.##", CultureInfo.InvariantCulture) : null;
    }

    private static string Loss(double value) => Display.Loss(value);

    /// <summary>A column.</summary>
    /// <param name="Read">Its figure of a run.</param>
    /// <param name="Format">Writes the figure.</param>
    /// <param name="LessIsBetter">Which figures are good; null: neither.</param>
    private sealed record Column(Func<ComparedRun, double?> Read, Func<double, string> Format, bool? LessIsBetter);
}
