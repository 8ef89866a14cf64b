namespace TinyLM.Model.Scaling;

/// <summary>A row of the paper's tables of best training.</summary>
/// <param name="Parameters">The size.</param>
/// <param name="GopherUnits">Compute of Approach 1 in units of Gopher's, 5.76·10²³, as lectures print it.</param>
/// <param name="Approach1">Table 3.</param>
/// <param name="Approach2">Table A3.</param>
/// <param name="Approach3">Table A3.</param>
public sealed record ChinchillaRow(double Parameters, string GopherUnits, PrintedOptimum Approach1, PrintedOptimum Approach2, PrintedOptimum Approach3)
{
    /// <summary>What an approach says, 1 to 3.</summary>
    public PrintedOptimum this[int approach] => approach switch
    {
        1 => Approach1,
        2 => Approach2,
        3 => Approach3,
        _ => throw new ArgumentOutOfRangeException(nameof(approach), approach, "There are approaches 1 to 3."),
    };
}
