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

    [Fact]
    public void ParameterCount_AnyModel_IsTheSumOverItsWeights()
    {
        var config = new ModelConfig { VocabularySize = 301, ContextLength = 17, EmbeddingSize = 12, LayerCount = 3, HeadCount = 2 };

        Assert.Equal(Gpt2Weight.All(config).Sum(weight => (long)weight.Count), ModelArithmetic.ParameterCount(config));
        Assert.Equal(TestWeights.Gpt2Shapes(config).Sum(weight => weight.Shape.Aggregate(1L, (a, b) => a * b)), ModelArithmetic.ParameterCount(config));
    }

    /// <summary>llm.c counts 124M with its vocabulary padded to 50,304.</summary>
    [Fact]
    public void FlopsPerToken_Gpt2Padded_IsLlmcsCount() =>
        Assert.Equal(803_478_528, ModelArithmetic.FlopsPerToken(Gpt2(12, 768, 12, 50_304)));

    [Fact]
    public void TrainingBytes_GrowsWithTheBatch_FromSixteenBytesAParameter()
    {
        var config = Gpt2(12, 768, 12, 50_257);
        var one = ModelArithmetic.TrainingBytes(config, 1, 0);
        var two = ModelArithmetic.TrainingBytes(config, 2, 0);

        Assert.Equal(16 * ModelArithmetic.ParameterCount(config), 2 * one - two);
        Assert.Equal(ModelArithmetic.TrainingBytes(config, 4, 256), one);
    }

    private static ModelConfig Gpt2(int layers, int width, int heads, int vocabulary) =>
        new() { VocabularySize = vocabulary, ContextLength = 1024, EmbeddingSize = width, LayerCount = layers, HeadCount = heads };
}
