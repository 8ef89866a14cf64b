namespace TinyLM.Model.Architectures;

// n = tokens, d = width, D = width of a head, a = heads, w = window

/// <summary>What one block of a transformer costs for a text, forward, by the length of the text.</summary>
/// <remarks>
/// Attention meets every token with every other: 2 operations for each number of the scores QKᵀ and as many for the sum over the values,
/// 4n²d in all; a model that only looks back needs half of it. The matrices beside it cost 24nd², 8 of them attention's own. So attention is the
/// larger part from n = 6d on, in a model that only looks back from 12d on.
/// </remarks>
public static class AttentionCost
{
    /// <summary>Bytes of a number in 16 bits.</summary>
    private const double BytesEach = 2;

    /// <summary>Scores and sums over all pairs of tokens, 4n²d.</summary>
    public static double Whole(double tokens, double width) => 4 * tokens * tokens * width;

    /// <summary>Scores and sums where a token looks only back: half.</summary>
    public static double Causal(double tokens, double width) => Whole(tokens, width) / 2;

    /// <summary>Scores and sums where a token sees the last so many: 4nwd, and no more than <see cref="Causal"/>.</summary>
    /// <remarks>Beltagy et al. 2020, "Longformer", https://arxiv.org/abs/2004.05150.</remarks>
    public static double Windowed(double tokens, double width, double window) => Math.Min(4 * tokens * window * width, Causal(tokens, width));

    /// <summary>Linear attention, whose state of D × D numbers a head is changed and asked by each token: 4ndD.</summary>
    /// <remarks>Katharopoulos et al. 2020, https://arxiv.org/abs/2006.16236, with the features of a key as many as its numbers.</remarks>
    public static double Linear(double tokens, double width, double headSize) => 4 * tokens * width * headSize;

    /// <summary>The matrices of the block, projections of attention and a feed-forward layer of 4d: 24nd².</summary>
    public static double Matrices(double tokens, double width) => 24 * tokens * width * width;

    /// <summary>Bytes of the scores of all heads where they are written down: 2an².</summary>
    public static double ScoreBytes(double tokens, double heads) => BytesEach * heads * tokens * tokens;

    /// <summary>Bytes of keys and values, which is what fused attention keeps: 4nd.</summary>
    /// <remarks>Dao et al. 2022, "FlashAttention", https://arxiv.org/abs/2205.14135: the operations stay, the scores do not.</remarks>
    public static double KeyValueBytes(double tokens, double width) => 2 * BytesEach * tokens * width;

    /// <summary>Bytes of keys and values within a window.</summary>
    public static double WindowBytes(double tokens, double width, double window) => KeyValueBytes(Math.Min(tokens, window), width);

    /// <summary>Bytes of the state of linear attention, whatever the length: 2dD.</summary>
    public static double StateBytes(double width, double headSize) => BytesEach * width * headSize;
}
