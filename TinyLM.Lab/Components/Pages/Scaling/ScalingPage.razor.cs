using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace TinyLM.Lab.Components.Pages.Scaling;

/// <summary>Scaling laws: the calculator, an experiment and the law that it gives, what a model costs, and what length costs. Each view keeps its questions in the address.</summary>
public sealed partial class ScalingPage
{
    private static readonly (string View, string Name)[] s_views = [("plan", "Calculator"), ("experiment", "Experiment"), ("fit", "Your own law"), ("model", "A model's arithmetic"), ("attention", "Attention and length")];

    /// <summary>Which of the views; the calculator if none.</summary>
    [Parameter] public string? View { get; set; }

    [Inject] private NavigationManager Navigation { get; set; } = null!;

    private string Shown => s_views.Any(one => one.View == View) ? View! : "plan";

    /// <inheritdoc/>
    public void Dispose() => Navigation.LocationChanged -= Refresh;

    /// <inheritdoc/>
    protected override void OnInitialized() => Navigation.LocationChanged += Refresh;

    /// <summary>The links to the views carry what the views put into the address.</summary>
    private void Refresh(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);

    private string AddressOf(string view) => $"/scaling{(view == "plan" ? "" : $"/{view}")}{new Uri(Navigation.Uri).Query}";
}
