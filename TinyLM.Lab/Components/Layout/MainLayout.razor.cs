using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace TinyLM.Lab.Components.Layout;

/// <summary>The frame of every page: bar, theme, and the place for errors.</summary>
public sealed partial class MainLayout : IDisposable
{
    private DotNetObjectReference<MainLayout>? _self;
    private ErrorBoundary? _boundary;
    private bool _themeIsKnown;
    private bool _dark;

    [Inject] private IJSRuntime JS { get; set; } = null!;

    /// <summary>Asks the browser for its theme before anything is drawn.</summary>
    protected override async Task OnInitializedAsync()
    {
        _dark = await JS.InvokeAsync<bool>("tinylmTheme.isDark");
        _themeIsKnown = true;
        _self = DotNetObjectReference.Create(this);
        await JS.InvokeVoidAsync("tinylmTheme.watch", _self);
    }

    /// <summary>Leaves the error of the last page behind when another one is opened.</summary>
    protected override void OnParametersSet() => _boundary?.Recover();

    /// <summary>Called by the browser when the system's theme changed and none was chosen here.</summary>
    [JSInvokable]
    public Task FollowSystemAsync(bool dark) => InvokeAsync(() =>
    {
        _dark = dark;
        StateHasChanged();
    });

    private async Task TurnThemeAsync()
    {
        _dark = !_dark;
        await JS.InvokeVoidAsync("tinylmTheme.choose", _dark);
    }

    /// <inheritdoc/>
    public void Dispose() => _self?.Dispose();
}
