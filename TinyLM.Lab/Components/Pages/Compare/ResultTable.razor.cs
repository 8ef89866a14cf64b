using System.Globalization;
using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Charts;

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
    ];

    private ComparedRun? _baseline;

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<ComparedRun> Runs { get; set; }

    /// <summary>Id of the pinned run.</summary>
    [Parameter] public string? Baseline { get; set; }

    /// <summary>Told the id of another; null for none.</summary>
    [Parameter] public EventCallback<string?> BaselineChanged { get; set; }

    /// <summary>Told the id of a run to leave out.</summary>
    [Parameter] public EventCallback<string> Removed { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet() => _baseline = Runs.FirstOrDefault(run => run.Id == Baseline);

    private bool IsBest(Column column, double? value)
    {
        if (column.LessIsBetter is not { } less || value is null || Runs.Count < 2) return false;
        var all = Runs.Select(column.Read).Where(one => one is { } number && double.IsFinite(number));
        return value == (less ? all.Min() : all.Max());
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
