using System.Text.Json.Serialization;

namespace TinyLM.Model.Training;

/// <summary>What weight decay pulls toward zero.</summary>
public enum WeightDecayTarget
{
    /// <summary>Matrices and embeddings, not gains and biases: as nanoGPT and llm.c's GPU trainer do.</summary>
    [JsonStringEnumMemberName("matrices")]
    Matrices,

    /// <summary>Every weight, as torch.optim.AdamW and llm.c's train_gpt2.c do.</summary>
    [JsonStringEnumMemberName("everything")]
    Everything,
}
