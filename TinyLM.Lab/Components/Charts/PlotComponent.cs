using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using Plotly.Blazor;
using Plotly.Blazor.Interop;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;

namespace TinyLM.Lab.Components.Charts;

/// <summary>A plot that is drawn whole, and again whenever what it shows is another thing.</summary>
public abstract class PlotComponent : ComponentBase
{
    private readonly TaskCompletionSource _plotted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private object? _shown;
    private bool _isStale;
    private bool _listens;

    /// <summary>Id of the plot's element.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What the chart shows, for those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>Told once, when the browser has the plot: what is drawn after it does not hold it up.</summary>
    [Parameter] public EventCallback OnDrawn { get; set; }

    /// <summary>The colours of the page.</summary>
    [CascadingParameter] protected Palette Palette { get; set; } = null!;

    /// <summary>The plot.</summary>
    protected PlotlyChart? Chart { get; set; }

    /// <summary>What the plot shows: filled by <see cref="Build"/>.</summary>
    protected IList<ITrace> Data { get; } = [];

    /// <summary>How it shows it.</summary>
    protected Plotly.Blazor.Layout Layout { get; private set; } = new();

    /// <summary>What can be done with it.</summary>
    protected Config Config { get; } = ChartTheme.Config();

    /// <summary>Everything that the plot depends on; it is drawn again where this is not equal.</summary>
    protected abstract object Shown { get; }

    /// <summary>Whether clicks are of interest.</summary>
    protected virtual bool Listens => false;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    /// <summary>Saves the chart as a picture, once the browser has it.</summary>
    public async Task SaveAsync(string name, bool isVector)
    {
        await _plotted.Task.WaitAsync(Link.Connection);
        await Drawing.SavePlotAsync(Id, name, isVector);
    }

    /// <summary>Makes what is drawn.</summary>
    protected abstract (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build();

    /// <summary>A point was clicked.</summary>
    protected virtual Task ClickAsync(EventDataPoint point) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        if (Equals(Shown, _shown)) return;
        _isStale = _shown is not null; // the first time the plot draws itself
        _shown = Shown;
        (Layout, var traces) = Build();
        Data.Clear();
        foreach (var trace in traces) Data.Add(trace);
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_plotted.Task.IsCompleted || Chart is null) return;
        try
        {
            if (!_listens && Listens)
            {
                _listens = true;
                await Chart.SubscribeClickEvent(Link.Connection).WaitAsync(Link.Connection);
            }

            if (!_isStale) return;
            _isStale = false;
            await Chart.React(Link.Connection).WaitAsync(Link.Connection);
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException)
        {
            _isStale = true; // drawn again at the next render
        }
    }

    /// <summary>The browser has the plot; what it should show may be another thing by now.</summary>
    protected void Plotted()
    {
        if (!_plotted.TrySetResult()) return; // told again at each render
        if (_isStale || Listens) _ = InvokeAsync(StateHasChanged);
        if (OnDrawn.HasDelegate) _ = InvokeAsync(OnDrawn.InvokeAsync);
    }

    /// <summary>The browser tells which points were clicked.</summary>
    protected void Clicked(IEnumerable<EventDataPoint> points)
    {
        if (points.FirstOrDefault() is { } point) _ = InvokeAsync(() => ClickAsync(point));
    }
}
