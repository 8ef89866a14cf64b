using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Plotly.Blazor;
using Plotly.Blazor.Interop;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Components.Charts;

/// <summary>A table as colours, with names on both sides and the number under the pointer.</summary>
public sealed partial class HeatmapChart
{
    /// <summary>The numbers; another object is another chart.</summary>
    [Parameter, EditorRequired] public required ActivationTable Table { get; set; }

    /// <summary>Names of the rows and the columns, no two alike.</summary>
    [Parameter, EditorRequired] public required HeatmapNames Names { get; set; }

    /// <summary>The greatest number that has a colour of its own, and the least; the table's own where null.</summary>
    [Parameter] public (double Low, double High)? Range { get; set; }

    /// <summary>Told which row was clicked.</summary>
    [Parameter] public EventCallback<int> OnRowChosen { get; set; }

    /// <inheritdoc/>
    protected override object Shown => (Table, Names, Range, Palette);

    /// <inheritdoc/>
    protected override bool Listens => OnRowChosen.HasDelegate;

    /// <inheritdoc/>
    protected override (Plotly.Blazor.Layout Layout, IEnumerable<ITrace> Traces) Build() => (HeatmapTheme.Layout(Palette, Names), [HeatmapTheme.Trace(Palette, Table, Names, Range)]);

    /// <inheritdoc/>
    protected override Task ClickAsync(EventDataPoint point) =>
        point.PointIndex is JsonElement { ValueKind: JsonValueKind.Array } place && place[0].GetInt32() is var row && row < Table.Rows ? OnRowChosen.InvokeAsync(row) : Task.CompletedTask;
}
