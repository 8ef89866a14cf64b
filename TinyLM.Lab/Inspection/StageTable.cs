using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>Numbers of a stage.</summary>
/// <param name="Name">What they are, with their shape.</param>
/// <param name="Table">The numbers, a row for each token in view.</param>
/// <param name="IsFraction">Whether they lie between 0 and 1; else zero is the middle of the colours.</param>
/// <param name="ColumnsAreTokens">Whether columns are tokens too.</param>
public sealed record StageTable(string Name, ActivationTable Table, bool IsFraction = false, bool ColumnsAreTokens = false);
