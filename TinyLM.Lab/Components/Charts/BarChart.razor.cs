using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.LayoutLib;
using Plotly.Blazor.Traces;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Bars side by side in named groups: figures that people compare.</summary>
public sealed partial class BarChart
{
    private readonly Config _config = ChartTheme.Config();
    private readonly IList<ITrace> _data = [];
    private Plotly.Blazor.Layout _layout = new();
    private PlotlyChart? _chart;
    private bool _isPlotted, _isStale;
    private object? _shown;

    /// <summary>Id of the plot's element.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>The groups, in order.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<string> Groups { get; set; }

    /// <summary>The bars, one of each series in each group.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<BarSeries> Series { get; set; }

    /// <summary>Unit of the values, as the axis says it.</summary>
    [Parameter, EditorRequired] public required string Unit { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var shown = (Palette, Groups, Series, Unit);
        if (Equals(shown, _shown)) return;
        _shown = shown;
        _layout = BarTheme.Layout(Palette, Unit);
        _data.Clear();
        for (var i = 0; i < Series.Count; i++)
        {
            var bar = BarTheme.Bar(Palette, Series[i].Name, i);
            bar.X = [.. Groups];
            bar.Y = [.. Series[i].Values.Select(value => value is { } number ? (object)Math.Round(number, 4) : null)];
            _data.Add(bar);
        }
        _isStale = _isPlotted;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isStale || _chart is null) return;
        _isStale = false;
        try
        {
            await _chart.React();
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The page was left.
        }
    }
}
