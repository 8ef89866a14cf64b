namespace TinyLM.Lab.Inspection;

/// <summary>A part of a block that can be changed.</summary>
public enum ModelPart
{
    /// <summary>One head: what it gathers.</summary>
    Head,

    /// <summary>All attention: what it adds to the residual stream.</summary>
    Attention,

    /// <summary>The feed-forward layer: what it adds to the residual stream.</summary>
    FeedForward,

    /// <summary>The residual stream after the block.</summary>
    Residual,
}
