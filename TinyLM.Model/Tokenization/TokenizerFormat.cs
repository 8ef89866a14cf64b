using System.Text.Json.Serialization;

namespace TinyLM.Model.Tokenization;

/// <summary>A file format in which tokenizers are kept.</summary>
public enum TokenizerFormat
{
    /// <summary>Hugging Face's <c>tokenizer.json</c>.</summary>
    [JsonStringEnumMemberName("huggingface")]
    HuggingFace,

    /// <summary>GPT-2's <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    [JsonStringEnumMemberName("vocab-merges")]
    VocabularyAndMerges,

    /// <summary>tiktoken's rank file.</summary>
    [JsonStringEnumMemberName("tiktoken")]
    Tiktoken,

    /// <summary>llama2.c's <c>tokenizer.bin</c>.</summary>
    [JsonStringEnumMemberName("llama2c")]
    Llama2c,

    /// <summary>llm.c's <c>gpt2_tokenizer.bin</c>, which has no merges: read, its ids are ranks.</summary>
    [JsonStringEnumMemberName("llmc")]
    Llmc,

    /// <summary>SentencePiece's <c>.model</c>; read and not written.</summary>
    [JsonStringEnumMemberName("sentencepiece")]
    SentencePiece,
}
