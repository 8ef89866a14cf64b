using Microsoft.AspNetCore.Components;
using TinyLM.Lab.Components.Controls;
using TinyLM.Lab.Library;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Components.Pages.Studio;

/// <summary>Writing with models: one text and its branches, several side by side, or prompts that are put together.</summary>
public sealed partial class StudioPage
{
    private static readonly (string? View, string Name, string Explanation)[] s_views =
    [
        (null, "Write", "Let a model write, see what it chose from at each token, and take another way from there."),
        ("compare", "Compare", "The same prompt and seeds with several checkpoints or temperatures, side by side."),
        ("prompts", "Prompts", "Put prompts together from a task, examples and questions, and ask many at once."),
    ];

    private bool _hasModel;

    /// <summary>The view; writing where it is none.</summary>
    [Parameter] public string? View { get; set; }

    /// <summary>The tree that is worked on.</summary>
    [SupplyParameterFromQuery] public string? Tree { get; set; }

    /// <summary>The model to begin with.</summary>
    [SupplyParameterFromQuery] public string? Model { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    [Inject] private IRunService Runs { get; set; } = null!;

    [Inject] private IModelLibrary Library { get; set; } = null!;

    private string? Shown => s_views.Any(one => one.View == View) ? View : null;

    private string Explanation => s_views.First(one => one.View == Shown).Explanation;

    private string Query => Model is null ? "" : $"?model={Uri.EscapeDataString(Model)}";

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _hasModel = ModelSelect.Default(Runs, Library) is not null;
        if (_hasModel && Shown is null && Tree is null)
            Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("tree", StudioSessions.NewId()), replace: true);
    }
}
