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

    /// <summary>llm.c before June 2024 counted attention whole on top of all parameters.</summary>
    [Fact]
    public void FlopsPerToken_Gpt2Padded_HasBothCountsOfLlmc()
    {
        var config = Gpt2(12, 768, 12, 50_304);
        var attention = ModelArithmetic.FlopsPerToken(config) - ModelArithmetic.FlopsPerToken(config, FlopsConvention.Parameters);

        Assert.Equal(6.0 * 124_475_904, ModelArithmetic.FlopsPerToken(config, FlopsConvention.Parameters));
        Assert.Equal(860_101_632, ModelArithmetic.FlopsPerToken(config) + attention);
        Assert.Equal(2.0 * 124_475_904, ModelArithmetic.ForwardFlopsPerToken(config, FlopsConvention.Parameters));
    }

    /// <summary>Hoffmann et al. 2022, table A4, with its 32,000 tokens and sequences of 2,048.</summary>
    [Theory]
    [InlineData(10, 640, 10, 929_877_196_800)]
    [InlineData(20, 1024, 16, 4_135_248_199_680)]
    [InlineData(24, 1280, 10, 7_353_453_772_800)]
    [InlineData(26, 1792, 14, 14_670_316_437_504)]
    [InlineData(28, 2048, 16, 20_220_437_594_112)]
    [InlineData(40, 3584, 28, 83_021_046_743_040)]
    public void FlopsPerToken_ByChinchillasCount_IsItsTable(int layers, int width, int heads, double sequence) =>
        Assert.Equal(sequence, 2048 * ModelArithmetic.FlopsPerToken(Gpt2(layers, width, heads, 32_000) with { ContextLength = 2048 }, FlopsConvention.Hoffmann));

    /// <summary>Without biases GPT-2 124M is 124,337,664; without positions and the embedding, but with the head, nanoGPT's 123,653,376.</summary>
    [Fact]
    public void Parts_OfGpt2_AreThePublishedCounts()
    {
        var config = Gpt2(12, 768, 12, 50_257);
        var parts = ModelArithmetic.Parts(config);
        var biases = (config.LayerCount * (9L + 2) + 1) * 768; // in a block 9C of matrices and C of each norm; C of the last norm

        Assert.Equal(124_439_808, parts.Total);
        Assert.Equal(124_337_664, parts.Total - biases);
        Assert.Equal(123_653_376, parts.Total - parts.Positions);
        Assert.Equal((38_597_376L, 786_432L, 0L), (parts.Embedding, parts.Positions, parts.Head));
        Assert.Equal(parts.Attention + parts.FeedForward + parts.Norms, parts.WithoutEmbeddings);
    }

    [Fact]
    public void Parts_OfALlama_HaveItsHeadAndNoPositions()
    {
        var parts = ModelArithmetic.Parts(ModelShapes.Large.Single(shape => shape.Id == "llama3-70b").Config);

        Assert.Equal(70_553_706_496, parts.Total);
        Assert.Equal(0, parts.Positions);
        Assert.Equal(128_256L * 8192, parts.Head);
    }

    /// <summary>r(in + out) a matrix: c_attn of GPT-2 124M's 12 blocks, and queries and values of Llama-2 7B's 32, whose whole is then 6,742,609,920.</summary>
    [Fact]
    public void AdapterParameters_OfRank8_AreThePublished()
    {
        var llama2 = new ModelConfig { Family = ModelFamily.Llama, VocabularySize = 32_000, ContextLength = 4096, EmbeddingSize = 4096, LayerCount = 32, HeadCount = 32, FeedForwardSize = 11_008, TiedHead = false };

        Assert.Equal(294_912, ModelArithmetic.AdapterParameters(8, 768, 3 * 768, 12));
        Assert.Equal(4_194_304, ModelArithmetic.AdapterParameters(8, 4096, 4096, 2 * 32));
        Assert.Equal(6_742_609_920, ModelArithmetic.ParameterCount(llama2) + ModelArithmetic.AdapterParameters(8, 4096, 4096, 2 * 32));
    }

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
