using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.Traces;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Charts;

/// <summary>A table as colours, with names on both sides and the number under the pointer.</summary>
public sealed partial class HeatmapChart
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

    /// <summary>The numbers; another object is another chart.</summary>
    [Parameter, EditorRequired] public required ActivationTable Table { get; set; }

    /// <summary>Names of the rows and the columns, no two alike.</summary>
    [Parameter, EditorRequired] public required HeatmapNames Names { get; set; }

    /// <summary>The greatest number that has a colour of its own, and the least; the table's own where null.</summary>
    [Parameter] public (double Low, double High)? Range { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    /// <summary>Saves the chart as a picture.</summary>
    public Task SaveAsync(string name, bool isVector) => Drawing.SavePlotAsync(Id, name, isVector);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var drawn = (Table, Names, Range, Palette);
        if (Equals(drawn, _drawn)) return;
        _drawn = drawn;
        _layout = HeatmapTheme.Layout(Palette, Names);
        _data.Clear();
        _data.Add(HeatmapTheme.Trace(Palette, Table, Names, Range));
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
