using Microsoft.AspNetCore.Components;
using Plotly.Blazor;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Bars side by side in named groups: figures that people compare.</summary>
public sealed partial class BarChart
{
    /// <summary>The groups, in order.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> Groups { get; set; }

    /// <summary>The bars, one of each series in each group.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<BarSeries> Series { get; set; }

    /// <summary>Unit of the values, as the axis says it.</summary>
    [Parameter, EditorRequired] public required string Unit { get; set; }

    /// <inheritdoc/>
    protected override object Shown => (Palette, Groups, Series, Unit);

    /// <inheritdoc/>
    protected override (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build() => (BarTheme.Layout(Palette, Unit), Series.Select(Bar));

    private ITrace Bar(BarSeries series, int index)
    {
        var bar = BarTheme.Bar(Palette, series.Name, index);
        bar.X = [.. Groups];
        bar.Y = [.. series.Values.Select(value => value is { } number ? (object)Math.Round(number, 4) : null)];
        return bar;
    }
}
