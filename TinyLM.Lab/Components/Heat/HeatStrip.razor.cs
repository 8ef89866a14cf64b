using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Heat;

/// <summary>A table as a strip of colours on one canvas; the number under the pointer stands beneath.</summary>
public sealed partial class HeatStrip
{
    private const int MostHeight = 320;

    private ElementReference _figure;
    private object? _drawn;
    private bool _isStale;

    /// <summary>What it is, with its shape.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>The numbers; another object is another picture.</summary>
    [Parameter, EditorRequired] public required ActivationTable Table { get; set; }

    /// <summary>What the colours mean.</summary>
    [Parameter, EditorRequired] public required HeatScale Scale { get; set; }

    /// <summary>Names of the rows; numbers if null.</summary>
    [Parameter] public IReadOnlyList<string>? RowNames { get; set; }

    /// <summary>Names of the columns; numbers if null.</summary>
    [Parameter] public IReadOnlyList<string>? ColumnNames { get; set; }

    /// <summary>Height of a row in pixels, where all of them fit.</summary>
    [Parameter] public int RowHeight { get; set; } = 10;

    [CascadingParameter] private Palette Palette { get; set; } = null!;

    [Inject] private HeatDrawing Drawing { get; set; } = null!;

    [Inject] private CircuitLink Link { get; set; } = null!;

    private int Height => Math.Clamp(Table.Rows * RowHeight, 14, MostHeight);

    private string FileName => string.Concat(Label.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : '-')).Trim('-');

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        var drawn = (Table, Scale, Palette);
        _isStale |= !Equals(drawn, _drawn);
        _drawn = drawn;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_isStale) return;
        _isStale = false;
        try
        {
            await Drawing.DrawStripAsync(_figure, Table, Scale, RowNames, ColumnNames, Link.Connection);
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException)
        {
            _isStale = true; // drawn again at the next render
        }
    }
}
