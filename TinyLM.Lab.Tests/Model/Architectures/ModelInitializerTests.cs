using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class ModelInitializerTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 1024, ContextLength = 256, EmbeddingSize = 128, LayerCount = 8, HeadCount = 4 };

    /// <summary>Four standard errors of a deviation estimated from n numbers, relative: 4 / √(2n).</summary>
    [Theory]
    [InlineData("transformer.wte.weight", 0.02)]
    [InlineData("transformer.wpe.weight", 0.01)]
    [InlineData("transformer.h.3.attn.c_attn.weight", 0.02)]
    [InlineData("transformer.h.3.mlp.c_fc.weight", 0.02)]
    [InlineData("transformer.h.3.attn.c_proj.weight", 0.005)] // 0.02 / √16
    [InlineData("transformer.h.7.mlp.c_proj.weight", 0.005)]
    public void Create_Matrices_HaveGpt2sDeviations(string name, double deviation)
    {
        var values = ModelInitializer.Create(s_config, 5).Tensors[name].Values.ToArray();
        var mean = values.Average(value => (double)value);
        var found = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));

        Assert.InRange(found / deviation, 1 - 4 / Math.Sqrt(2.0 * values.Length), 1 + 4 / Math.Sqrt(2.0 * values.Length));
        Assert.InRange(mean, -4 * deviation / Math.Sqrt(values.Length), 4 * deviation / Math.Sqrt(values.Length));
    }

    [Fact]
    public void Create_GainsAndBiases_AreOneAndZero()
    {
        var weights = ModelInitializer.Create(s_config, 5);

        foreach (var weight in ModelLayout.WeightsOf(s_config).Where(weight => !weight.IsMatrix))
            Assert.All(weights.Tensors[weight.Name].Values.ToArray(), value => Assert.Equal(weight.Role == WeightDefinition.Roles.Gain ? 1 : 0, value));
    }

    [Fact]
    public void Create_SameSeed_GivesTheSameBits_AnotherSeedOthers()
    {
        var name = "transformer.wte.weight";

        var first = ModelInitializer.Create(s_config, 5).Tensors[name].Values.ToArray();

        Assert.Equal(first, ModelInitializer.Create(s_config, 5).Tensors[name].Values.ToArray());
        Assert.NotEqual(first, ModelInitializer.Create(s_config, 6).Tensors[name].Values.ToArray());
    }

    [Theory]
    [InlineData(1e-300)]
    [InlineData(0.1)]
    [InlineData(0.70710678118654746)]
    [InlineData(0.99999999999)]
    [InlineData(1)]
    [InlineData(12345.678)]
    public void Log_EqualsTheSystems(double value) =>
        Assert.Equal(Math.Log(value), NormalNumbers.Log(value), Math.Abs(Math.Log(value)) * 1e-15 + 1e-26);
}
