using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Microsoft.JSInterop;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Components.Tokens;

/// <summary>
/// Tokens as coloured chips. A short text flows as any text does; a long one stands in rows of equal height, of which only those
/// in view are drawn. Chips carry their index in <c>data-t</c>, by which a <see cref="TokenBoard"/> links all views of the same tokens.
/// </summary>
public sealed partial class TokenView : IAsyncDisposable
{
    /// <summary>Tokens up to which all are drawn at once.</summary>
    internal const int MostInFlow = 2000;

    private const int RowHeight = 26;
    private const int Colors = 5;

    private object? _shown;
    private bool _isFresh;
    private int _columns = 80;
    private RenderFragment? _flow;
    private TokenRows? _rows;
    private ElementReference _element;
    private Virtualize<int>? _virtualize;
    private DotNetObjectReference<TokenView>? _self;
    private IJSObjectReference? _module, _measuring;

    /// <summary>The tokens.</summary>
    [Parameter, EditorRequired] public required TokenizedText Tokens { get; set; }

    /// <summary>What the view is called by those who do not see it.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    /// <summary>What of each token is shown.</summary>
    [Parameter] public TokenFace Face { get; set; }

    /// <summary>Whether spaces and other characters that cannot be seen get signs.</summary>
    [Parameter] public bool ShowInvisible { get; set; }

    /// <summary>Ids of tokens that are no text.</summary>
    [Parameter] public IReadOnlySet<int> SpecialIds { get; set; } = new HashSet<int>();

    /// <summary>What is to be seen of each token; null for nothing.</summary>
    [Parameter] public IReadOnlyList<TokenMark>? Marks { get; set; }

    /// <summary>Whether a token has the same colour wherever it stands, and single bytes none, rather than another colour than its neighbour.</summary>
    [Parameter] public bool ColorsById { get; set; }

    [Inject] private IJSRuntime JS { get; set; } = null!;

    private string FaceClass => Face switch
    {
        TokenFace.Id => "ids num",
        TokenFace.Bytes => "bytes",
        _ => "text",
    };

    /// <summary>Called by the browser when the rows have become wider or narrower.</summary>
    [JSInvokable]
    public async Task FitAsync(int columns)
    {
        if (columns == _columns || columns < 8 || _rows is null) return;
        _columns = columns;
        await LayOutAsync();
        StateHasChanged();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var shown = (Tokens, Face, ShowInvisible, SpecialIds, Marks, ColorsById);
        if (Equals(shown, _shown)) return;
        _shown = shown;
        _isFresh = true;
        await LayOutAsync();
    }

    /// <summary>Thousands of chips are not looked through again when nothing about them has changed.</summary>
    protected override bool ShouldRender()
    {
        var isFresh = _isFresh;
        _isFresh = false;
        return isFresh;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_rows is null || _measuring is not null) return;
        try
        {
            _module ??= await JS.InvokeAsync<IJSObjectReference>("import", "./Components/Tokens/TokenView.razor.js");
            _self ??= DotNetObjectReference.Create(this);
            _measuring = await _module.InvokeAsync<IJSObjectReference>("measure", _element, _self);
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task LayOutAsync()
    {
        _isFresh = true;
        var wasInRows = _rows is not null;
        if (Tokens.Count <= MostInFlow)
        {
            (_flow, _rows) = (Chips(0, Tokens.Count, isRow: false), null);
            if (wasInRows) await StopMeasuringAsync();
            return;
        }
        (_flow, _rows) = (null, TokenRows.Of(Tokens, Face, _columns));
        if (wasInRows && _virtualize is not null) await _virtualize.RefreshDataAsync();
    }

    private ValueTask<ItemsProviderResult<int>> ProvideAsync(ItemsProviderRequest request)
    {
        var count = Math.Clamp(_rows!.Count - request.StartIndex, 0, request.Count);
        return ValueTask.FromResult(new ItemsProviderResult<int>(Enumerable.Range(request.StartIndex, count), _rows.Count));
    }

    private RenderFragment Row(int row) => row < _rows!.Count ? Chips(_rows[row].First, _rows[row].End, isRow: true) : _ => { };

    /// <summary>Chips as plain elements: one attribute fewer each than markup with its own style sheet would give them.</summary>
    private RenderFragment Chips(int first, int end, bool isRow)
    {
        var (tokens, face, showInvisible, specials, marks, byId) = (Tokens, Face, ShowInvisible, SpecialIds, Marks, ColorsById);
        return builder =>
        {
            for (var i = first; i < end; i++)
            {
                var place = tokens[i];
                builder.OpenElement(0, "span");
                builder.AddAttribute(1, "class", ClassOf(place, specials.Contains(place.Id), marks is null ? TokenMark.None : marks[i], byId));
                builder.AddAttribute(2, "data-t", i);
                if (face == TokenFace.Text) builder.AddAttribute(3, "data-s", $"{place.CharStart},{place.CharLength}");
                switch (face)
                {
                    case TokenFace.Id: builder.AddContent(4, place.Id); break;
                    case TokenFace.Bytes: builder.AddContent(5, TokenWriting.Hexadecimal(tokens.BytesOf(i))); break;
                    default: AddText(builder, TokenWriting.Segments(tokens.BytesOf(i), showInvisible), isRow); break;
                }
                builder.CloseElement();
            }
        };
    }

    private static void AddText(RenderTreeBuilder builder, IReadOnlyList<TokenSegment> segments, bool isRow)
    {
        foreach (var segment in segments)
        {
            if (segment.IsHexadecimal)
            {
                builder.OpenElement(6, "small");
                builder.AddContent(7, segment.Text);
                builder.CloseElement();
            }
            else
            {
                builder.AddContent(8, isRow ? segment.Text.Replace("\n", "", StringComparison.Ordinal) : segment.Text);
            }
        }
    }

    private static string ClassOf(TokenPlace place, bool isSpecial, TokenMark mark, bool byId)
    {
        var color = !byId ? $"c{place.Index % Colors}" : place.Id < 256 ? "plain" : $"c{place.Id % Colors}";
        var form = isSpecial ? " special" : place.Form switch
        {
            TokenForm.Part => " part",
            TokenForm.Broken => " broken",
            _ => "",
        };
        var seen = mark == TokenMark.None ? "" : string.Concat(
            mark.HasFlag(TokenMark.Apart) ? " apart" : "", mark.HasFlag(TokenMark.Joining) ? " joining" : "",
            mark.HasFlag(TokenMark.Fresh) ? " fresh" : "", mark.HasFlag(TokenMark.BeginsChunk) ? " chunk" : "");
        return $"t {color}{form}{seen}";
    }

    private async Task StopMeasuringAsync()
    {
        var measuring = _measuring;
        _measuring = null;
        if (measuring is null) return;
        try
        {
            await measuring.InvokeVoidAsync("stop");
            await measuring.DisposeAsync();
        }
        catch (Exception e) when (e is JSDisconnectedException or OperationCanceledException)
        {
            // The browser is gone, and its observer with it.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopMeasuringAsync();
        _self?.Dispose();
    }
}
