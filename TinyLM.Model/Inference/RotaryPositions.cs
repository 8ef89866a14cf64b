using TinyLM.Model.Architectures;

namespace TinyLM.Model.Inference;

// D = size of a head

/// <summary>Turns queries and keys by the angles of their positions.</summary>
/// <remarks>Su et al. 2021, https://arxiv.org/abs/2104.09864; the pairs are i and i + D/2 of a head, as in Hugging Face's files.</remarks>
internal sealed class RotaryPositions(ModelConfig config)
{
    private readonly RotaryTable _angles = new(config, config.ContextLength);

    /// <summary>Turns heads that lie side by side, in place.</summary>
    /// <param name="rows">(rows, at least <paramref name="headCount"/> · D) of consecutive positions.</param>
    /// <param name="headCount">Heads to turn.</param>
    /// <param name="position">The position of the first row.</param>
    public void Apply(Rows rows, int headCount, int position)
    {
        var pairs = _angles.Pairs;
        for (var r = 0; r < rows.Count; r++)
        {
            var cosines = _angles.Cosines.AsSpan((position + r) * pairs, pairs);
            var sines = _angles.Sines.AsSpan((position + r) * pairs, pairs);
            for (var head = 0; head < headCount; head++)
            {
                var x = rows.Values.Slice(r * rows.Stride + head * 2 * pairs, pairs);
                var y = rows.Values.Slice(r * rows.Stride + (head * 2 + 1) * pairs, pairs);
                for (var i = 0; i < pairs; i++)
                    (x[i], y[i]) = (x[i] * cosines[i] - y[i] * sines[i], y[i] * cosines[i] + x[i] * sines[i]);
            }
        }
    }
}
