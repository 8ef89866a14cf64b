namespace TinyLM.Model.Inference;

// T = tokens, C = embedding size, H = heads, D = size of a head, M = width inside the feed-forward layer

/// <summary>The places within a block where its numbers can be looked at, or changed, while they are computed; in the order of the pass.</summary>
public enum ActivationSite
{
    /// <summary>The residual stream, normalised for attention, (T, C).</summary>
    AttentionNorm,

    /// <summary>Queries, head after head, as they meet the keys: turned by their positions in Llama, (T, H · D).</summary>
    Query,

    /// <summary>Keys, head after head, as they meet the queries, (T, key/value heads · D).</summary>
    Key,

    /// <summary>Values, head after head, (T, key/value heads · D).</summary>
    Value,

    /// <summary>What each head gathered, the heads side by side, (T, H · D).</summary>
    HeadOutput,

    /// <summary>The heads, mixed by the output projection: what attention adds to the residual stream, (T, C).</summary>
    AttentionOutput,

    /// <summary>The residual stream between attention and the feed-forward layer, (T, C).</summary>
    MiddleResidual,

    /// <summary>The residual stream, normalised for the feed-forward layer, (T, C).</summary>
    FeedForwardNorm,

    /// <summary>The gate before its nonlinearity, (T, M). Llama only.</summary>
    Gate,

    /// <summary>Inside the feed-forward layer, before the nonlinearity in GPT-2 and before the gate in Llama, (T, M).</summary>
    Expansion,

    /// <summary>Inside the feed-forward layer, after the nonlinearity and the gate, (T, M).</summary>
    Activation,

    /// <summary>What the feed-forward layer adds to the residual stream, (T, C).</summary>
    FeedForwardOutput,

    /// <summary>The residual stream after the block, (T, C).</summary>
    Residual,
}
