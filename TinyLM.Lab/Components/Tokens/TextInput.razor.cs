using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>
/// A field for text of any length up to a limit. The text comes in pieces through a stream, not as one message, so a pasted megabyte
/// does not break the connection; while one text is taken in, later ones wait, and only the newest of them comes next.
/// </summary>
public sealed partial class TextInput : IAsyncDisposable
{
    private ElementReference _area, _marks;
    private DotNetObjectReference<TextInput>? _self;
    private IJSObjectReference? _link;
    private string? _tooLong;

    /// <summary>Id of the field.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    /// <summary>What it is for.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>What stands in it at first; later texts come by <see cref="SetAsync"/>.</summary>
    [Parameter] public string InitialText { get; set; } = "";

    /// <summary>Shown while it is empty.</summary>
    [Parameter] public string? Placeholder { get; set; }

    /// <summary>One line beneath.</summary>
    [Parameter] public string? Help { get; set; }

    /// <summary>Lines in view at first.</summary>
    [Parameter] public int Rows { get; set; } = 6;

    /// <summary>Bytes of UTF-8 that are taken at most.</summary>
    [Parameter] public int MostBytes { get; set; } = 4_000_000;

    /// <summary>Told each new text.</summary>
    [Parameter] public EventCallback<string> OnText { get; set; }

    [Inject] private IJSRuntime JS { get; set; } = null!;

    /// <summary>Puts another text into the field; <see cref="OnText"/> is not told.</summary>
    public async Task SetAsync(string text)
    {
        _tooLong = null;
        if (_link is not null) await _link.InvokeVoidAsync("set", text);
    }

    /// <summary>Called by the browser with a short text.</summary>
    [JSInvokable]
    public Task TakeAsync(string text)
    {
        _tooLong = null;
        return OnText.InvokeAsync(text);
    }

    /// <summary>Called by the browser with the bytes of a long text.</summary>
    [JSInvokable]
    public async Task TakeStreamAsync(IJSStreamReference text)
    {
        await using (text)
        {
            await using var stream = await text.OpenReadStreamAsync(MostBytes);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            await TakeAsync(await reader.ReadToEndAsync());
        }
    }

    /// <summary>Called by the browser where a text is longer than the limit.</summary>
    [JSInvokable]
    public void Refuse(long bytes)
    {
        _tooLong = $"That is {Display.Bytes(bytes)} of text; {Display.Bytes(MostBytes)} are taken at most. What is shown is the text before. Longer texts belong to the corpora.";
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        try
        {
            await using var module = await JS.InvokeAsync<IJSObjectReference>("import", "./Components/Tokens/TextInput.razor.js");
            _self = DotNetObjectReference.Create(this);
            _link = await module.InvokeAsync<IJSObjectReference>("take", _area, _marks, _self, MostBytes, InitialText);
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_link is not null) await _link.DisposeAsync();
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone.
        }
        _self?.Dispose();
    }
}
