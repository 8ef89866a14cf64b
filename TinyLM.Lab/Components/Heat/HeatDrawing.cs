using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Heat;

/// <summary>Draws tables in the browser, by its own module. One for each circuit; the module is loaded when it is first needed.</summary>
/// <param name="js">The browser.</param>
public sealed class HeatDrawing(IJSRuntime js) : IAsyncDisposable
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Draws square pictures, one for each canvas within an element.</summary>
    /// <param name="element">Holds as many canvases as there are pictures.</param>
    /// <param name="pixels">Picture after picture, row by row, 0 to 255.</param>
    /// <param name="side">Pixels along a side.</param>
    /// <param name="cancellationToken">Cancelled when the browser goes away.</param>
    public async Task DrawThumbnailsAsync(ElementReference element, byte[] pixels, int side, CancellationToken cancellationToken) =>
        await (await ModuleAsync(cancellationToken)).InvokeVoidAsync("thumbnails", cancellationToken, element, pixels, side);

    /// <summary>Draws a table on the canvas within a figure, which also tells the number under the pointer.</summary>
    /// <param name="figure">Holds a canvas and an output.</param>
    /// <param name="table">The numbers.</param>
    /// <param name="scale">What the colours mean.</param>
    /// <param name="rowNames">Names of the rows; numbers if null.</param>
    /// <param name="columnNames">Names of the columns; numbers if null.</param>
    /// <param name="cancellationToken">Cancelled when the browser goes away.</param>
    public async Task DrawStripAsync(
        ElementReference figure, ActivationTable table, HeatScale scale, IEnumerable<string>? rowNames, IEnumerable<string>? columnNames, CancellationToken cancellationToken)
    {
        var bytes = MemoryMarshal.AsBytes(table.Values.AsSpan()).ToArray();
        await (await ModuleAsync(cancellationToken)).InvokeVoidAsync(
            "strip", cancellationToken, figure, bytes, table.Rows, table.Columns, scale.Low, scale.High, scale.IsDiverging, rowNames, columnNames);
    }

    /// <summary>Saves the picture within an element.</summary>
    public async Task SavePictureAsync(ElementReference element, string name, bool isVector) =>
        await (await ModuleAsync(CancellationToken.None)).InvokeVoidAsync("savePicture", element, name, isVector);

    /// <summary>Saves a plot as a picture.</summary>
    public async Task SavePlotAsync(string plotId, string name, bool isVector) =>
        await (await ModuleAsync(CancellationToken.None)).InvokeVoidAsync("savePlot", plotId, name, isVector);

    /// <summary>Saves a text as a file.</summary>
    public async Task SaveTextAsync(string name, string type, Stream text)
    {
        using var stream = new DotNetStreamReference(text);
        await (await ModuleAsync(CancellationToken.None)).InvokeVoidAsync("saveText", name, type, stream);
    }

    private Task<IJSObjectReference> ModuleAsync(CancellationToken cancellationToken) =>
        _module is { IsCompletedSuccessfully: true } ? _module : _module = js.InvokeAsync<IJSObjectReference>("import", cancellationToken, "./js/heat.js").AsTask();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_module is { IsCompletedSuccessfully: true }) await (await _module).DisposeAsync();
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser has left and the module with it.
        }
    }
}
