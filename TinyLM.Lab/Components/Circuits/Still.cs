using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace TinyLM.Lab.Components.Circuits;

/// <summary>
/// Stands still while the page around it is drawn again and again: its content is drawn anew only when <see cref="Of"/> is another
/// thing. For controls on a live page, which cost many viewers' server more than the figures that move.
/// </summary>
public sealed class Still : ComponentBase
{
    private object? _drawn;
    private bool _isOther = true;

    /// <summary>Everything that the content depends on; compared by value.</summary>
    [Parameter, EditorRequired] public required object Of { get; set; }

    /// <summary>What is drawn.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _isOther = !Equals(Of, _drawn);
        _drawn = Of;
    }

    /// <inheritdoc/>
    protected override bool ShouldRender() => _isOther;

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, ChildContent);
}
