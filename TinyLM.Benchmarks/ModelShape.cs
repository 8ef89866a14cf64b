using System.Globalization;
using TinyLM.Model.Architectures;

namespace TinyLM.Benchmarks;

// V = vocabulary, T = context length, C = embedding size, L = layers, H = heads

/// <summary>A shape to decode with.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Config">The shape.</param>
public sealed record ModelShape(string Name, ModelConfig Config)
{
    /// <summary>The quick preset's: V 2048, T 128, C 128, L 4, H 4.</summary>
    public static ModelShape Quick { get; } = new("quick", new ModelConfig
    {
        VocabularySize = 2048,
        ContextLength = 128,
        EmbeddingSize = 128,
        LayerCount = 4,
        HeadCount = 4,
    });

    /// <summary>The small preset's: V 4096, T 256, C 256, L 6, H 8.</summary>
    public static ModelShape Small { get; } = new("small", new ModelConfig
    {
        VocabularySize = 4096,
        ContextLength = 256,
        EmbeddingSize = 256,
        LayerCount = 6,
        HeadCount = 8,
    });

    /// <summary>GPT-2 of 124 million parameters: V 50257, T 1024, C 768, L 12, H 12.</summary>
    public static ModelShape Gpt2 { get; } = new("GPT-2", new ModelConfig
    {
        VocabularySize = 50_257,
        ContextLength = 1024,
        EmbeddingSize = 768,
        LayerCount = 12,
        HeadCount = 12,
    });

    /// <summary>fp32 weights that each token needs: all but the table of positions, of which it needs one row.</summary>
    public int WeightsPerToken => checked((int)(ModelArithmetic.ParameterCount(Config) - (Config.ContextLength - 1) * Config.EmbeddingSize));

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name} ({WeightsPerToken * (double)sizeof(float) / 1e6:F1} MB a token)");
}
