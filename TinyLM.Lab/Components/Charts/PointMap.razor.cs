using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Points with names, some of them marked.</summary>
public sealed partial class PointMap
{
    private readonly Config _config = ChartTheme.Config();
    private readonly IList<ITrace> _data = [];
    private Plotly.Blazor.Layout _layout = new();
    private PlotlyChart? _chart;
    private bool _isPlotted;
    private bool _isStale;
    private object? _drawn;

    /// <summary>Id of the plot's element.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>The points; another list is another chart.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<MapPoint> Points { get; set; }

    /// <summary>What the axes are.</summary>
    [Parameter, EditorRequired] public required (string X, string Y) Axes { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    /// <summary>Saves the chart as a picture.</summary>
    public Task SaveAsync(string name, bool isVector) => Drawing.SavePlotAsync(Id, name, isVector);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var drawn = (Points, Axes, Palette);
        if (Equals(drawn, _drawn)) return;
        _drawn = drawn;
        _layout = PointMapTheme.Layout(Palette, Axes);
        _data.Clear();
        foreach (var trace in PointMapTheme.Traces(Palette, Points)) _data.Add(trace);
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
