using Microsoft.AspNetCore.Components;
using Plotly.Blazor;

namespace TinyLM.Lab.Components.Charts;

/// <summary>Curves of formulas over a logarithmic axis.</summary>
public sealed partial class LawPlot
{
    /// <summary>What is along the axes.</summary>
    [Parameter, EditorRequired] public required LawAxes Axes { get; set; }

    /// <summary>The curves, those above the others last.</summary>
    [Parameter, EditorRequired] public required IReadOnlyList<LawCurve> Curves { get; set; }

    /// <inheritdoc/>
    protected override object Shown => new Drawn(Palette, Axes, Curves);

    /// <inheritdoc/>
    protected override (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build() => (LawPlotTheme.Layout(Palette, Axes), LawPlotTheme.Traces(Palette, Curves));

    private sealed record Drawn(MudBlazor.Palette Palette, LawAxes Axes, IReadOnlyList<LawCurve> Curves)
    {
        public bool Equals(Drawn? other) => other is not null && Palette == other.Palette && Axes == other.Axes && Curves.SequenceEqual(other.Curves);

        public override int GetHashCode() => HashCode.Combine(Palette, Axes, Curves.Count);
    }
}
