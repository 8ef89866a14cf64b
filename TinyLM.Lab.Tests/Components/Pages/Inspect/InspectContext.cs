using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

/// <summary>The pages on the inside of a model, over a tiny model with random weights: every number is a true one. Only the page that was opened last follows the address.</summary>
public abstract class InspectContext : ComponentContext
{
    private EventHandler<LocationChangedEventArgs>? _follow;

    /// <summary>How long a busy machine may take.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Opens a view of the run <c>r</c>, which has checkpoints of two steps.</summary>
    protected IRenderedComponent<InspectPage> OpenView(string view, string query)
    {
        if (Runs.Find("r") is null) Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { HasCheckpoint = true });
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.LocationChanged -= _follow;
        navigation.NavigateTo($"/inspect/{view}{query}");
        var page = Render<InspectPage>(parameters => parameters.Add(one => one.View, view));
        navigation.LocationChanged += _follow = (_, _) => page.Render(); // what the router does in the lab
        return page;
    }
}
