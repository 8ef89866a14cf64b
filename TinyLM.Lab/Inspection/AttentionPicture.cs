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
/// <param name="FromOutside">What the token attends to outside of the window.</param>
public sealed record AttentionPicture(TokenWindow Window, ActivationTable Map, float[] From, float[] To, ActivationTable FromByHead, double FromOutside)
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
        var byHead = new ActivationTable(new float[heads * window.Count], heads, window.Count);
        float[]? whole = null;
        for (var h = 0; h < heads; h++)
        {
            var attention = trace.Attention(layer, h);
            attention[token].Slice(window.Start, window.Count).CopyTo(byHead[h]);
            if (mixing == HeadMixing.One && h != head) continue;
            if (whole is null) whole = attention.Values;
            else if (mixing == HeadMixing.Max) TensorPrimitives.Max(whole, attention.Values, whole);
            else TensorPrimitives.Add(whole, attention.Values, whole);
        }

        if (mixing == HeadMixing.Mean) TensorPrimitives.Divide(whole, heads, whole);
        var count = trace.Tokens.Count;
        var all = new ActivationTable(whole!, count, count);
        var map = new ActivationTable(new float[window.Count * window.Count], window.Count, window.Count);
        var to = new float[window.Count];
        for (var r = 0; r < window.Count; r++)
        {
            all[window.Start + r].Slice(window.Start, window.Count).CopyTo(map[r]);
            to[r] = all[window.Start + r][token];
        }

        var from = all[token].Slice(window.Start, window.Count).ToArray();
        return new AttentionPicture(window, map, from, to, byHead, TensorPrimitives.Sum<float>(all[token]) - TensorPrimitives.Sum<float>(from));
    }
}
