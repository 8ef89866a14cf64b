using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>A table with names for its rows and columns.</summary>
/// <param name="Table">The numbers.</param>
/// <param name="Rows">Names of the rows; numbers if null.</param>
/// <param name="Columns">Names of the columns; numbers if null.</param>
public sealed record NamedTable(ActivationTable Table, IReadOnlyList<string>? Rows = null, IReadOnlyList<string>? Columns = null);
