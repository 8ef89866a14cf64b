namespace TinyLM.Model.Inspection;

/// <summary>A table of numbers out of a forward pass, row-major.</summary>
/// <param name="Values">Rows · columns numbers.</param>
/// <param name="Rows">Number of rows: tokens, as a rule.</param>
/// <param name="Columns">Numbers of a row.</param>
public sealed record ActivationTable(float[] Values, int Rows, int Columns)
{
    /// <summary>One row.</summary>
    public Span<float> this[int row] => Values.AsSpan(row * Columns, Columns);

    /// <summary>The same columns of every row: one head of several, for one.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many.</param>
    public ActivationTable SliceColumns(int first, int count)
    {
        var slice = new ActivationTable(new float[Rows * count], Rows, count);
        for (var r = 0; r < Rows; r++) this[r].Slice(first, count).CopyTo(slice[r]);
        return slice;
    }
}
