using System.Numerics.Tensors;
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
                Draw(trace, layer, head, picture[..(side * side)], side);
                picture = picture[(side * side)..];
            }
        }

        return new AttentionMaps(pixels, side);
    }

    private static void Draw(ForwardTrace trace, int layer, int head, Span<byte> picture, int side)
    {
        var count = trace.Tokens.Count;
        Span<float> greatest = stackalloc float[MostPixels];
        for (var pixelRow = 0; pixelRow < side; pixelRow++)
        {
            var (first, end) = (Edge(pixelRow), Edge(pixelRow + 1));
            var attention = trace.Attention(layer, head, first, end - first);
            greatest.Clear();
            for (var r = 0; r < attention.Rows; r++)
                for (var pixel = 0; pixel <= pixelRow; pixel++)
                    greatest[pixel] = Math.Max(greatest[pixel], TensorPrimitives.Max<float>(attention[r][Edge(pixel)..Edge(pixel + 1)]));
            for (var pixel = 0; pixel <= pixelRow; pixel++) picture[pixelRow * side + pixel] = (byte)Math.Round(Math.Clamp(greatest[pixel], 0, 1) * 255);
        }

        int Edge(int pixel) => (pixel * count + side - 1) / side; // the first token of a pixel
    }
}
