using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>How gradients become new weights.</summary>
public enum TrainingOptimizer
{
    /// <summary>Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101, as PyTorch and llm.c compute it.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Muon for the matrices of the blocks (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/), AdamW for everything else.</summary>
    [JsonStringEnumMemberName("muon")]
    Muon,
}
