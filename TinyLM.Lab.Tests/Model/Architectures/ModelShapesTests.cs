using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class ModelShapesTests
{
    /// <summary>As published, or as the released checkpoints count.</summary>
    [Theory]
    [InlineData("gpt2-124m", 124_439_808)]
    [InlineData("gpt2-355m", 354_823_168)]
    [InlineData("gpt2-774m", 774_030_080)]
    [InlineData("gpt2-1.5b", 1_557_611_200)]
    [InlineData("llama2c-260k", 260_032)]
    [InlineData("llama2c-15m", 15_191_712)]
    public void ParameterCount_OfAKnownShape_IsThePublishedOne(string id, long expected) =>
        Assert.Equal(expected, ModelArithmetic.ParameterCount(ModelShapes.Find(id)!.Config));

    /// <summary>Named by their rounded counts.</summary>
    [Theory]
    [InlineData("llama2c-42m", 42)]
    [InlineData("llama2c-110m", 110)]
    public void ParameterCount_OfAKnownShape_IsAboutItsName(string id, double millions) =>
        Assert.InRange(ModelArithmetic.ParameterCount(ModelShapes.Find(id)!.Config) / 1e6, 0.98 * millions, 1.02 * millions);

    /// <summary>As their papers round them; GPT-1's released weights count 116,534,784, without the last norm.</summary>
    [Theory]
    [InlineData("gpt1", 116.5)]
    [InlineData("gpt3-125m", 125)]
    [InlineData("gpt3-350m", 356)]
    [InlineData("gpt3-760m", 760)]
    [InlineData("gpt3-1.3b", 1316)]
    [InlineData("gpt3-2.7b", 2652)]
    [InlineData("gpt3-6.7b", 6658)]
    [InlineData("gpt3-13b", 12_853)]
    [InlineData("gpt3-175b", 174_604)]
    [InlineData("llama3-8b", 8030)]
    [InlineData("llama3-70b", 70_554)]
    public void ParameterCount_OfALargeShape_IsAboutItsName(string id, double millions) =>
        Assert.InRange(ModelArithmetic.ParameterCount(ModelShapes.Large.Single(shape => shape.Id == id).Config) / 1e6, 0.995 * millions, 1.005 * millions);

    [Fact]
    public void All_AreSound_EachByItsOwnName()
    {
        Assert.All(ModelShapes.All.Concat(ModelShapes.Large), shape => Assert.Empty(shape.Config.Validate()));
        Assert.Equal(ModelShapes.All.Count + ModelShapes.Large.Count, ModelShapes.All.Concat(ModelShapes.Large).Select(shape => shape.Id).Distinct().Count());
        Assert.All(ModelShapes.All, shape => Assert.Equal(shape, ModelShapes.Of(shape.Config with { VocabularySize = 300 })));
        Assert.Null(ModelShapes.Of(new ModelConfig()));
    }
}
