using TinyLM.Model.Architectures;

namespace TinyLM.Benchmarks;

/// <summary>A model and the length of a prompt.</summary>
/// <param name="Name">What it is called in the tables.</param>
/// <param name="Config">Its shape.</param>
/// <param name="Tokens">Tokens of the prompt.</param>
public sealed record InspectionCase(string Name, ModelConfig Config, int Tokens)
{
    /// <summary>10.4 million parameters, 128 tokens.</summary>
    public static InspectionCase TenMillion { get; } = new(
        "10M, 128 tokens", new ModelConfig { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 384, LayerCount = 5, HeadCount = 6 }, 128);

    /// <summary>GPT-2, 124 million parameters, a whole context.</summary>
    public static InspectionCase Gpt2 { get; } = new(
        "GPT-2, 1,024 tokens", new ModelConfig { VocabularySize = 50_257, ContextLength = 1024, EmbeddingSize = 768, LayerCount = 12, HeadCount = 12 }, 1024);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
