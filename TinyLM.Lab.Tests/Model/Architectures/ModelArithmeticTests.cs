using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class ModelArithmeticTests
{
    /// <summary>The four sizes of GPT-2, as published checkpoints count them.</summary>
    [Theory]
    [InlineData(12, 768, 12, 50_257, 124_439_808)]
    [InlineData(12, 768, 12, 50_304, 124_475_904)]
    [InlineData(24, 1024, 16, 50_257, 354_823_168)]
    [InlineData(36, 1280, 20, 50_257, 774_030_080)]
    [InlineData(48, 1600, 25, 50_257, 1_557_611_200)]
    public void ParameterCount_Gpt2Sizes_AreThePublishedOnes(int layers, int width, int heads, int vocabulary, long expected) =>
        Assert.Equal(expected, ModelArithmetic.ParameterCount(Gpt2(layers, width, heads, vocabulary)));

    /// <summary>Llama 2's 7B and 70B and Llama 3's 8B, as Hugging Face counts them; llama2.c's 15M by its own print.</summary>
    [Theory]
    [InlineData(32, 4096, 32, 32, 11_008, 32_000, false, 6_738_415_616)]
    [InlineData(80, 8192, 64, 8, 28_672, 32_000, false, 68_976_648_192)]
    [InlineData(32, 4096, 32, 8, 14_336, 128_256, false, 8_030_261_248)]
    [InlineData(6, 288, 6, 6, 768, 32_000, true, 15_191_712)]
    public void ParameterCount_LlamaSizes_AreThePublishedOnes(int layers, int width, int heads, int keyValueHeads, int inner, int vocabulary, bool tied, long expected) =>
        Assert.Equal(expected, ModelArithmetic.ParameterCount(new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = vocabulary,
            ContextLength = 4096,
            EmbeddingSize = width,
            LayerCount = layers,
            HeadCount = heads,
            KeyValueHeadCount = keyValueHeads,
            FeedForwardSize = inner,
            TiedHead = tied,
        }));

    [Fact]
    public void ParameterCount_AnyModel_IsTheSumOverItsWeights()
    {
        var gpt2 = new ModelConfig { VocabularySize = 301, ContextLength = 17, EmbeddingSize = 12, LayerCount = 3, HeadCount = 2 };
        var llama = gpt2 with { Family = ModelFamily.Llama, KeyValueHeadCount = 1 };

        foreach (var config in (ModelConfig[])[gpt2, gpt2 with { FeedForwardSize = 50 }, llama, llama with { FeedForwardSize = 31, TiedHead = false }])
        {
            Assert.Equal(ModelLayout.WeightsOf(config).Sum(weight => (long)weight.Count), ModelArithmetic.ParameterCount(config));
            Assert.Equal(TestWeights.Shapes(config).Sum(weight => weight.Shape.Aggregate(1L, (a, b) => a * b)), ModelArithmetic.ParameterCount(config));
        }
    }

    /// <summary>PaLM's form of the same model: 6 (N − T·C) + 12 L C T, with the padded N = 124,475,904.</summary>
    [Fact]
    public void FlopsPerToken_Gpt2Padded_ByPalmsForm() =>
        Assert.Equal(6.0 * (124_475_904 - 786_432) + 12.0 * 12 * 768 * 1024, ModelArithmetic.FlopsPerToken(Gpt2(12, 768, 12, 50_304), FlopsConvention.Palm));

    /// <summary>One by one: products of (in, out) cost 2 operations forward and 4 backward a weight; a query meets (T + 1) / 2 keys on average, and the values as often.</summary>
    [Fact]
    public void FlopsPerToken_Exactly_IsTheSumOverTheProducts()
    {
        var config = new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = 100,
            ContextLength = 31,
            EmbeddingSize = 24,
            LayerCount = 2,
            HeadCount = 4,
            KeyValueHeadCount = 2,
            FeedForwardSize = 50,
        };
        var matrices = 2 * ((24 * 24) + (2 * 24 * 12) + (24 * 24) + (3 * 24 * 50)) + 100 * 24;
        var attention = 2 * 2 * 24 * 2 * (31 + 1) / 2; // layers, scores and sums, width, multiply and add, mean of keys

        Assert.Equal(6.0 * matrices + 3.0 * attention, ModelArithmetic.FlopsPerToken(config, FlopsConvention.Exact));
    }

    /// <summary>llm.c counts 124M with its vocabulary padded to 50,304.</summary>
    [Fact]
    public void FlopsPerToken_Gpt2Padded_IsLlmcsCount() =>
        Assert.Equal(803_478_528, ModelArithmetic.FlopsPerToken(Gpt2(12, 768, 12, 50_304)));

    /// <summary>What does not grow with the batch: weights, gradients and moments, the head's own gradient, and a piece of logits.</summary>
    [Fact]
    public void TrainingBytes_GrowsWithTheBatch_FromSixteenBytesAParameter()
    {
        var config = Gpt2(12, 768, 12, 50_257);
        var one = ModelArithmetic.TrainingBytes(config, 1, 0);
        var two = ModelArithmetic.TrainingBytes(config, 2, 0);

        Assert.Equal(16 * ModelArithmetic.ParameterCount(config) + 4L * 768 * 50_257 + ChunkedLoss.MostBytes, 2 * one - two);
        Assert.Equal(ModelArithmetic.TrainingBytes(config, 4, 256), one);

        // Kept: 12 blocks of 16 widths, and 4 about the head. Computed again: 12 inputs of blocks, one block of 16, and the 4.
        Assert.Equal((two - one) * 32 / 196, ModelArithmetic.TrainingBytes(config, 2, 0, recomputes: true) - ModelArithmetic.TrainingBytes(config, 1, 0, recomputes: true));
    }

    private static ModelConfig Gpt2(int layers, int width, int heads, int vocabulary) =>
        new() { VocabularySize = vocabulary, ContextLength = 1024, EmbeddingSize = width, LayerCount = layers, HeadCount = heads };
}
