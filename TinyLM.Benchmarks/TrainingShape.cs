using TinyLM.Model.Architectures;

namespace TinyLM.Benchmarks;

/// <summary>A shape at which training is timed.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Model">Of the model.</param>
/// <param name="Batch">Sequences in a step.</param>
/// <param name="Steps">How many are timed.</param>
internal sealed record TrainingShape(string Name, ModelConfig Model, int Batch, int Steps)
{
    /// <summary>Small, middling and GPT-2's.</summary>
    public static IReadOnlyList<TrainingShape> All { get; } =
    [
        new("a: V 512, T 128, C 128, L 4, B 16", new ModelConfig { VocabularySize = 512, ContextLength = 128, EmbeddingSize = 128, LayerCount = 4, HeadCount = 4 }, 16, 20),
        new("b: V 4096, T 256, C 256, L 6, B 8", new ModelConfig { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 256, LayerCount = 6, HeadCount = 8 }, 8, 8),
        new("c: GPT-2 124M, T 64, B 4", new ModelConfig { VocabularySize = 50_257, ContextLength = 64, EmbeddingSize = 768, LayerCount = 12, HeadCount = 12 }, 4, 6),
    ];
}
