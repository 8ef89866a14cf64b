using Microsoft.AspNetCore.Components;
using Plotly.Blazor;

namespace TinyLM.Lab.Components.Charts;

/// <summary>The loss of runs over a setting, a point a run; a line joins the best of each value.</summary>
public sealed partial class SettingPlot
{
    /// <summary>Name of the setting.</summary>
    [Parameter, EditorRequired] public required string Setting { get; set; }

    /// <summary>The runs.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<SettingPoint> Points { get; set; }

    /// <summary>Whether the axis of the setting is logarithmic; counts only where it has numbers above 0.</summary>
    [Parameter] public bool IsLogarithmic { get; set; }

    /// <inheritdoc/>
    protected override object Shown => (Palette, Setting, IsLogarithmic, string.Join(';', Points));

    /// <inheritdoc/>
    protected override (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build() =>
        (SettingPlotTheme.Layout(Palette, Setting, Points, IsLogarithmic), SettingPlotTheme.Traces(Points));
}
