namespace TinyLM.Model.Checkpoints.Interchange;

// D = size of a head

/// <summary>The rows of queries' and keys' matrices in the two orders that files have them in.</summary>
/// <remarks>
/// A position turns pairs of rows of a head: i and i + D/2 in Hugging Face's files and here, 2i and 2i + 1 in Meta's and llama2.c's.
/// Only the order differs; a model computes the same.
/// </remarks>
internal static class RotaryOrder
{
    /// <summary>From neighbours to halves.</summary>
    /// <param name="matrix">(heads · D, columns), row-major.</param>
    /// <param name="headSize">D.</param>
    /// <param name="columns">Width of a row.</param>
    public static float[] ToHalves(ReadOnlySpan<float> matrix, int headSize, int columns)
    {
        var result = new float[matrix.Length];
        for (var row = 0; row < matrix.Length / columns; row++)
            matrix.Slice(Neighbour(row, headSize) * columns, columns).CopyTo(result.AsSpan(row * columns));
        return result;
    }

    /// <summary>From halves to neighbours.</summary>
    /// <inheritdoc cref="ToHalves"/>
    public static float[] ToPairs(ReadOnlySpan<float> matrix, int headSize, int columns)
    {
        var result = new float[matrix.Length];
        for (var row = 0; row < matrix.Length / columns; row++)
            matrix.Slice(row * columns, columns).CopyTo(result.AsSpan(Neighbour(row, headSize) * columns));
        return result;
    }

    /// <summary>Where a row of the order by halves lies in the order by neighbours.</summary>
    private static int Neighbour(int row, int headSize)
    {
        var (head, i) = (row / headSize, row % headSize);
        return head * headSize + (i < headSize / 2 ? 2 * i : 2 * (i - headSize / 2) + 1);
    }
}
