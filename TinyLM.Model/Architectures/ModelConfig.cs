using System.Text.Json.Serialization;

namespace TinyLM.Model.Architectures;

/// <summary>Shape of a language model; fixed for the life of a run.</summary>
public sealed record ModelConfig
{
    /// <summary>Which family of layers the model is made of.</summary>
    public ModelFamily Family { get; init; } = ModelFamily.Gpt2;

    /// <summary>Number of tokens that the model knows; rows of the embedding table.</summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>Longest sequence that the model reads, in tokens.</summary>
    public int ContextLength { get; init; } = 256;

    /// <summary>Width of the residual stream; a multiple of <see cref="HeadCount"/>.</summary>
    public int EmbeddingSize { get; init; } = 128;

    /// <summary>Number of transformer blocks.</summary>
    public int LayerCount { get; init; } = 4;

    /// <summary>Number of attention heads in each block.</summary>
    public int HeadCount { get; init; } = 4;

    /// <summary>Width of one attention head.</summary>
    [JsonIgnore]
    public int HeadSize => EmbeddingSize / HeadCount;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(VocabularySize is >= 2 and <= 1_000_000, $"Vocabulary size is {VocabularySize}; it must be between 2 and 1,000,000 tokens.");
        Check(ContextLength is >= 2 and <= 131_072, $"Context length is {ContextLength}; it must be between 2 and 131,072 tokens.");
        Check(EmbeddingSize is >= 1 and <= 16_384, $"Width is {EmbeddingSize}; it must be between 1 and 16,384.");
        Check(LayerCount is >= 1 and <= 256, $"Layers are {LayerCount}; there must be between 1 and 256.");
        Check(HeadCount is >= 1 and <= 1024, $"Heads are {HeadCount}; there must be between 1 and 1,024.");
        if (HeadCount >= 1 && EmbeddingSize >= 1)
            Check(EmbeddingSize % HeadCount == 0, $"{HeadCount} heads do not divide a width of {EmbeddingSize}; choose a width that is a multiple of the heads.");
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }
}
