using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>What the forward pass keeps for the backward pass.</summary>
public enum ActivationStorage
{
    /// <summary>What each operation needs: the fast way.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>
    /// Only what each block reads, and each block is computed again: a third more work for memory that hardly grows with depth.
    /// Chen et al. 2016, https://arxiv.org/abs/1604.06174.
    /// </summary>
    [JsonStringEnumMemberName("recompute")]
    Recompute,
}
