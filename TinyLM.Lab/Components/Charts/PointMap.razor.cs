using System.Globalization;
using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.Interop;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Points with names, some of them marked.</summary>
public sealed partial class PointMap
{
    /// <summary>The points; another list is another chart.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<MapPoint> Points { get; set; }

    /// <summary>What the axes are.</summary>
    [Parameter, EditorRequired] public required (string X, string Y) Axes { get; set; }

    /// <summary>Told which point was clicked.</summary>
    [Parameter] public EventCallback<MapPoint> OnChosen { get; set; }

    /// <inheritdoc/>
    protected override object Shown => (Points, Axes, Palette);

    /// <inheritdoc/>
    protected override bool Listens => OnChosen.HasDelegate;

    /// <inheritdoc/>
    protected override (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build() => (PointMapTheme.Layout(Palette, Axes), PointMapTheme.Traces(Palette, Points));

    /// <inheritdoc/>
    protected override Task ClickAsync(EventDataPoint point)
    {
        var isMarked = point.TraceIndex == 1; // the second trace of the theme
        return int.TryParse(point.PointNumber?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            && Points.Where(one => one.IsMarked == isMarked).Skip(place).Take(1).ToList() is [var chosen] ? OnChosen.InvokeAsync(chosen) : Task.CompletedTask;
    }
}
