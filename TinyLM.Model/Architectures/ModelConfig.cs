using System.Text.Json.Serialization;

namespace TinyLM.Model.Architectures;

/// <summary>Shape of a language model; fixed for the life of a run.</summary>
/// <remarks>Equal are two that describe the same model, whether a default is written out or not.</remarks>
public sealed record ModelConfig
{
    /// <summary>GPT-2's and Llama's guard against division by zero, and the base of the rotary angles.</summary>
    private const double DefaultNormEpsilon = 1e-5, DefaultRotaryBase = 10_000;

    /// <summary>The hidden layer of a Llama is rounded up to a multiple of this, as llama2.c does.</summary>
    private const int FeedForwardMultiple = 32;

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

    /// <summary>Heads of keys and values, each shared by as many queries' heads; 0 means one for each. Llama only.</summary>
    /// <remarks>Ainslie et al. 2023, https://arxiv.org/abs/2305.13245.</remarks>
    public int KeyValueHeadCount { get; init; }

    /// <summary>Width inside the feed-forward layer; 0 means 4C in GPT-2, and in Llama 8C / 3 rounded up to a multiple of 32.</summary>
    public int FeedForwardSize { get; init; }

    /// <summary>Whether the head is the embedding table; always so in GPT-2.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Base of the rotary angles: the longest wavelength is about 2π times this many tokens. Llama only.</summary>
    /// <remarks>Su et al. 2021, https://arxiv.org/abs/2104.09864.</remarks>
    public double RotaryBase { get; init; } = DefaultRotaryBase;

    /// <summary>What the norms add to the variance, as a guard against division by zero.</summary>
    public double NormEpsilon { get; init; } = DefaultNormEpsilon;

    /// <summary>Width of one attention head.</summary>
    [JsonIgnore]
    public int HeadSize => EmbeddingSize / HeadCount;

    /// <summary>Heads of keys and values, the default resolved.</summary>
    [JsonIgnore]
    public int ActualKeyValueHeadCount => KeyValueHeadCount == 0 ? HeadCount : KeyValueHeadCount;

    /// <summary>Width of all keys, or all values, of a token.</summary>
    [JsonIgnore]
    public int KeyValueSize => ActualKeyValueHeadCount * HeadSize;

    /// <summary>Width inside the feed-forward layer, the default resolved.</summary>
    [JsonIgnore]
    public int ActualFeedForwardSize =>
        FeedForwardSize != 0 ? FeedForwardSize
        : Family == ModelFamily.Gpt2 ? 4 * EmbeddingSize
        : (8 * EmbeddingSize / 3 + FeedForwardMultiple - 1) / FeedForwardMultiple * FeedForwardMultiple;

    private (ModelFamily, int, int, int, int, int, int, int, bool, double, double) Identity => (
        Family, VocabularySize, ContextLength, EmbeddingSize, LayerCount, HeadCount,
        ActualKeyValueHeadCount, ActualFeedForwardSize, TiedHead, Family == ModelFamily.Gpt2 ? 0 : RotaryBase, NormEpsilon);

    /// <inheritdoc/>
    public bool Equals(ModelConfig? other) => other is not null && Identity == other.Identity;

    /// <inheritdoc/>
    public override int GetHashCode() => Identity.GetHashCode();

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(VocabularySize is >= 2 and <= 1_000_000, $"Vocabulary size is {VocabularySize}; it must be between 2 and 1,000,000 tokens.");
        Check(ContextLength is >= 2 and <= 131_072, $"Context length is {ContextLength}; it must be between 2 and 131,072 tokens.");
        Check(EmbeddingSize is >= 1 and <= 16_384, $"Width is {EmbeddingSize}; it must be between 1 and 16,384.");
        Check(LayerCount is >= 1 and <= 256, $"Layers are {LayerCount}; there must be between 1 and 256.");
        Check(HeadCount is >= 1 and <= 1024, $"Heads are {HeadCount}; there must be between 1 and 1,024.");
        Check(FeedForwardSize is >= 0 and <= 131_072, $"The feed-forward width is {FeedForwardSize}; it must be between 1 and 131,072, or 0 for the family's own.");
        Check(NormEpsilon is > 0 and <= 1, $"The epsilon of the norms is {NormEpsilon}; it must be above 0 and at most 1.");
        Check(RotaryBase is >= 1 and <= 1e9, $"The rotary base is {RotaryBase}; it must be between 1 and 1,000,000,000.");
        Check(KeyValueHeadCount is >= 0 and <= 1024, $"Key/value heads are {KeyValueHeadCount}; there must be between 1 and the heads, or 0 for as many.");
        if (HeadCount < 1 || EmbeddingSize < 1) return problems;
        Check(EmbeddingSize % HeadCount == 0, $"{HeadCount} heads do not divide a width of {EmbeddingSize}; choose a width that is a multiple of the heads.");
        if (Family == ModelFamily.Gpt2)
        {
            Check(KeyValueHeadCount == 0 || KeyValueHeadCount == HeadCount, $"GPT-2 has as many key/value heads as heads, {HeadCount}; {KeyValueHeadCount} were asked for. Grouped queries are Llama's.");
            Check(TiedHead, "GPT-2's head is the embedding table; a head of its own is Llama's.");
            return problems;
        }
        Check(KeyValueHeadCount < 1 || HeadCount % KeyValueHeadCount == 0, $"{KeyValueHeadCount} key/value heads do not divide {HeadCount} heads; each is shared by the same number.");
        Check(EmbeddingSize % HeadCount != 0 || HeadSize % 2 == 0, $"A head is {HeadSize} wide; rotary positions turn pairs of numbers, so it must be even.");
        return problems;

        void Check(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }
}
