using System.Text.Json.Serialization;

namespace TinyLM.Model.Architectures;

/// <summary>Families of language models that the engine trains and runs.</summary>
public enum ModelFamily
{
    /// <summary>GPT-2: pre-LayerNorm, tanh GELU, learned positions, tied head, biases everywhere. Radford et al. 2019.</summary>
    [JsonStringEnumMemberName("gpt2")]
    Gpt2,

    /// <summary>Llama: pre-RMSNorm, SwiGLU, rotary positions, grouped queries, no biases. Touvron et al. 2023.</summary>
    [JsonStringEnumMemberName("llama")]
    Llama,
}
