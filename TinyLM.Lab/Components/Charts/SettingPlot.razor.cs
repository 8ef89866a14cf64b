using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using TinyLM.Lab.Components.Circuits;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The loss of runs over a setting, a point a run; a line joins the best of each value.</summary>
public sealed partial class SettingPlot
{
    private readonly Config _config = ChartTheme.Config();
    private readonly IList<ITrace> _data = [];
    private Plotly.Blazor.Layout _layout = new();
    private PlotlyChart? _chart;
    private bool _isPlotted, _isStale;
    private object? _drawn;

    /// <summary>Id of the plot's element.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>Name of the setting.</summary>
    [Parameter, EditorRequired] public required string Setting { get; set; }

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<SettingPoint> Points { get; set; }

    /// <summary>Whether the axis of the setting is logarithmic; counts only where it has numbers above 0.</summary>
    [Parameter] public bool IsLogarithmic { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var drawn = (Palette, Setting, IsLogarithmic, string.Join(';', Points));
        if (Equals(drawn, _drawn)) return;
        _drawn = drawn;
        _layout = SettingPlotTheme.Layout(Palette, Setting, Points, IsLogarithmic);
        _data.Clear();
        foreach (var trace in SettingPlotTheme.Traces(Points)) _data.Add(trace);
        _isStale = _isPlotted;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isStale || _chart is null) return;
        _isStale = false;
        try
        {
            await _chart.React(Link.Connection).WaitAsync(Link.Connection);
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException)
        {
            _isStale = true; // drawn again at the next render
        }
    }
}
