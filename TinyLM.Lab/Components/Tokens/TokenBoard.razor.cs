using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>
/// Links the views of the same tokens within it: the chip under the pointer or the keys lights up in all of them, and so does its
/// place in the text field, if there is one. The lighting happens in the browser; only what was touched is told.
/// </summary>
public sealed partial class TokenBoard : IAsyncDisposable
{
    private ElementReference _element;
    private DotNetObjectReference<TokenBoard>? _self;
    private IJSObjectReference? _link;

    /// <summary>The views.</summary>
    [Parameter, EditorRequired] public required RenderFragment ChildContent { get; set; }

    /// <summary>Told the index of the token that a person points at, went to by the keys, or clicked; after a click pointing tells no more, until Escape or new text.</summary>
    [Parameter] public EventCallback<int> OnTouched { get; set; }

    [Inject] private IJSRuntime JS { get; set; } = null!;

    /// <summary>Called by the browser.</summary>
    [JSInvokable]
    public Task TouchAsync(int index) => OnTouched.InvokeAsync(index);

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        try
        {
            await using var module = await JS.InvokeAsync<IJSObjectReference>("import", "./Components/Tokens/TokenBoard.razor.js");
            _self = DotNetObjectReference.Create(this);
            _link = await module.InvokeAsync<IJSObjectReference>("link", _element, _self);
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
            if (_link is not null)
            {
                await _link.InvokeVoidAsync("stop");
                await _link.DisposeAsync();
            }
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone, and its listeners with it.
        }
        _self?.Dispose();
    }
}
