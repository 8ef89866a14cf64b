using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;

namespace TinyLM.Lab.Components.Pages.Inspect;

/// <summary>The attention of every head as a small picture: a row for each layer, a column for each head.</summary>
public sealed partial class HeadGrid
{
    private ElementReference _element;
    private object? _drawn;
    private bool _isStale;

    /// <summary>What was read.</summary>
    [Parameter, EditorRequired] public required PromptReading Reading { get; set; }

    /// <summary>The pictures; another object is other pictures, and nothing is drawn until there are some.</summary>
    [Parameter, EditorRequired] public required AttentionMaps? Maps { get; set; }

    /// <summary>The layer in view.</summary>
    [Parameter] public int Layer { get; set; }

    /// <summary>The head in view.</summary>
    [Parameter] public int Head { get; set; }

    /// <summary>Told which head to go to.</summary>
    [Parameter] public EventCallback<(int Layer, int Head)> OnChosen { get; set; }

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var drawn = (Maps, Palette);
        _isStale |= !Equals(drawn, _drawn);
        _drawn = drawn;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isStale || Maps is not { } maps) return;
        _isStale = false;
        try
        {
            await Drawing.DrawThumbnailsAsync(_element, maps.Pixels, maps.Side, Link.Connection);
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException)
        {
            _isStale = true; // drawn again at the next render
        }
    }
}
