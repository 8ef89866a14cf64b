namespace TinyLM.Model.Architectures;

/// <summary>What forward keeps for backward.</summary>
public enum ActivationKeeping
{
    /// <summary>All of it, the scores of attention too.</summary>
    Everything,

    /// <summary>All but the scores of attention, which a fused kernel never writes down.</summary>
    WithoutScores,

    /// <summary>The input of each block; one block at a time is computed again.</summary>
    BlockInputs,
}
