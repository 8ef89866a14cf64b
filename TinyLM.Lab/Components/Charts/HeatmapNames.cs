namespace TinyLM.Lab.Components.Charts;

/// <summary>What the axes of a heatmap say.</summary>
/// <param name="Rows">A name for each row, no two alike.</param>
/// <param name="Columns">A name for each column, no two alike.</param>
/// <param name="RowTitle">What rows are.</param>
/// <param name="ColumnTitle">What columns are.</param>
/// <param name="HoverTemplate">What is said under the pointer, in Plotly's language: %{y} is the row, %{x} the column, %{z} the number.</param>
public sealed record HeatmapNames(IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, string RowTitle, string ColumnTitle, string HoverTemplate);
