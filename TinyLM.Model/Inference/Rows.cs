namespace TinyLM.Model.Inference;

/// <summary>Rows of numbers at equal distances in memory: activations, one row a token.</summary>
/// <param name="values">The first row's first number and what follows.</param>
/// <param name="stride">Numbers from the start of a row to the start of the next.</param>
/// <param name="count">Number of rows.</param>
internal readonly ref struct Rows(Span<float> values, int stride, int count)
{
    /// <summary>The first row's first number and what follows.</summary>
    public Span<float> Values { get; } = values;

    /// <summary>Numbers from the start of a row to the start of the next; also the width where rows lie side by side.</summary>
    public int Stride { get; } = stride;

    /// <summary>Number of rows.</summary>
    public int Count { get; } = count;

    /// <summary>One row, from its first number to where the next begins.</summary>
    public Span<float> this[int row] => Values.Slice(row * Stride, Stride);

    /// <summary>Numbers from the start of the first row to the end of the last, when a row is so wide.</summary>
    public int Extent(int width) => (Count - 1) * Stride + width;

    /// <summary>The same rows from a column on.</summary>
    public Rows FromColumn(int column) => new(Values[column..], Stride, Count);

    /// <summary>Some of the rows.</summary>
    public Rows Slice(int first, int count) => new(Values[(first * Stride)..], Stride, count);
}
