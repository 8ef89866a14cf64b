using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>All attention of a reading, each head as a small square picture, made small by the greatest value of each patch.</summary>
/// <param name="Pixels">Layer by layer, head by head, row by row: 0 for nothing to 255 for all.</param>
/// <param name="Side">Pixels along a side of one picture.</param>
public sealed record AttentionMaps(byte[] Pixels, int Side)
{
    private const int MostPixels = 64;

    /// <summary>Draws all heads.</summary>
    public static AttentionMaps Of(ForwardTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var (count, config) = (trace.Tokens.Count, trace.Config);
        var side = Math.Min(count, MostPixels);
        var pixels = new byte[config.LayerCount * config.HeadCount * side * side];
        var picture = pixels.AsSpan();
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            for (var head = 0; head < config.HeadCount; head++)
            {
                Draw(trace.Attention(layer, head), picture[..(side * side)], side);
                picture = picture[(side * side)..];
            }
        }

        return new AttentionMaps(pixels, side);
    }

    private static void Draw(ActivationTable attention, Span<byte> picture, int side)
    {
        for (var query = 0; query < attention.Rows; query++)
        {
            var row = picture.Slice(query * side / attention.Rows * side, side);
            var weights = attention[query];
            for (var key = 0; key <= query; key++)
            {
                ref var pixel = ref row[key * side / attention.Columns];
                pixel = Math.Max(pixel, (byte)Math.Round(Math.Clamp(weights[key], 0, 1) * 255));
            }
        }
    }
}
