using System.Numerics.Tensors;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>How the heads of a layer are put together.</summary>
public enum HeadMixing
{
    /// <summary>One head alone.</summary>
    One,

    /// <summary>The mean of all heads of the layer.</summary>
    Mean,

    /// <summary>The greatest of all heads of the layer.</summary>
    Max,
}

/// <summary>The attention of one head, or of the heads of a layer together, within a window of tokens; and one token's share of it, head by head.</summary>
/// <param name="Window">The tokens in view: the rows and columns of <paramref name="Map"/>.</param>
/// <param name="Map">A row for each query of the window, a column for each key.</param>
/// <param name="From">How much the token attends to each token of the window.</param>
/// <param name="To">How much each token of the window attends to the token.</param>
/// <param name="FromByHead">The same as <paramref name="From"/>, a row for each head of the layer.</param>
/// <param name="ToByHead">The same as <paramref name="To"/>, a row for each head of the layer.</param>
/// <param name="FromOutside">What the token attends to outside of the window.</param>
public sealed record AttentionPicture(TokenWindow Window, ActivationTable Map, float[] From, float[] To, ActivationTable FromByHead, ActivationTable ToByHead, double FromOutside)
{
    /// <summary>Takes the picture.</summary>
    /// <param name="trace">What happened.</param>
    /// <param name="layer">The block.</param>
    /// <param name="head">Its head, for <see cref="HeadMixing.One"/>.</param>
    /// <param name="mixing">How heads are put together.</param>
    /// <param name="token">The token in view.</param>
    /// <param name="window">The tokens in view.</param>
    public static AttentionPicture Of(ForwardTrace trace, int layer, int head, HeadMixing mixing, int token, TokenWindow window)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var heads = trace.Config.HeadCount;
        var fromByHead = new ActivationTable(new float[heads * window.Count], heads, window.Count);
        var toByHead = new ActivationTable(new float[heads * window.Count], heads, window.Count);
        var (rows, own) = (new Mixture(mixing), new Mixture(mixing)); // of the window's tokens, and of the token in view
        for (var h = 0; h < heads; h++)
        {
            var (looks, windowed) = (trace.Attention(layer, h, token, 1).Values, trace.Attention(layer, h, window.Start, window.Count));
            looks.AsSpan(window.Start, window.Count).CopyTo(fromByHead[h]);
            for (var r = 0; r < window.Count; r++) toByHead[h][r] = windowed[r][token];
            if (mixing == HeadMixing.One && h != head) continue;
            own.Add(looks);
            rows.Add(windowed.Values);
        }

        var (all, whole) = (new ActivationTable(rows.Take(), window.Count, trace.Tokens.Count), own.Take());
        var map = all.SliceColumns(window.Start, window.Count);
        var to = all.SliceColumns(token, 1).Values;
        var from = whole.AsSpan(window.Start, window.Count).ToArray();
        return new AttentionPicture(window, map, from, to, fromByHead, toByHead, TensorPrimitives.Sum<float>(whole) - TensorPrimitives.Sum<float>(from));
    }

    private sealed class Mixture(HeadMixing mixing)
    {
        private float[]? _sum;
        private int _count;

        public void Add(float[] attention)
        {
            _count++;
            if (_sum is null) _sum = attention;
            else if (mixing == HeadMixing.Max) TensorPrimitives.Max(_sum, attention, _sum);
            else TensorPrimitives.Add(_sum, attention, _sum);
        }

        public float[] Take()
        {
            if (mixing == HeadMixing.Mean) TensorPrimitives.Divide(_sum, _count, _sum);
            return _sum!;
        }
    }
}
