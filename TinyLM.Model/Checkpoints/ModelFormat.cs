using System.Text.Json.Serialization;

namespace TinyLM.Model.Checkpoints;

/// <summary>Forms in which models are read and written.</summary>
public enum ModelFormat
{
    /// <summary>A folder of Hugging Face's <c>transformers</c>: config.json, model.safetensors, tokenizer.json.</summary>
    [JsonStringEnumMemberName("huggingface")]
    HuggingFace,

    /// <summary>llm.c's checkpoint in fp32, version 3. GPT-2 only.</summary>
    [JsonStringEnumMemberName("llmc")]
    Llmc,

    /// <summary>llm.c's checkpoint in bf16, version 5. GPT-2 only.</summary>
    [JsonStringEnumMemberName("llmc-bf16")]
    LlmcBf16,

    /// <summary>llama2.c's checkpoint, version 1. Llama only.</summary>
    [JsonStringEnumMemberName("llama2c")]
    Llama2c,

    /// <summary>llama2.c's checkpoint of before versions, which its run.c reads. Llama only.</summary>
    [JsonStringEnumMemberName("llama2c-legacy")]
    Llama2cLegacy,
}
