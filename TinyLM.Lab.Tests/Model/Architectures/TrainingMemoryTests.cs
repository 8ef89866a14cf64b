using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class TrainingMemoryTests
{
    private static readonly ModelConfig s_gpt2 = ModelShapes.Find("gpt2-124m")!.Config;
    private static readonly ModelConfig s_llama8B = ModelShapes.Large.Single(shape => shape.Id == "llama3-8b").Config;

    /// <summary>16 bytes a parameter in fp32 and with fp32 masters; 8 in bf16 alone.</summary>
    [Theory]
    [InlineData(TrainingNumbers.Fp32, 4, 4, 0, 8)]
    [InlineData(TrainingNumbers.Mixed, 2, 2, 4, 8)]
    [InlineData(TrainingNumbers.Bf16, 2, 2, 0, 4)]
    public void Of_AModel_HasTheBytesAParameterOfItsNumbers(TrainingNumbers numbers, int weights, int gradients, int masters, int moments)
    {
        var count = ModelArithmetic.ParameterCount(s_gpt2);

        var memory = TrainingMemory.Of(s_gpt2, numbers, 4, 1024, ActivationKeeping.WithoutScores);

        Assert.Equal([weights * count, gradients * count, masters * count, moments * count], [memory.Weights, memory.Gradients, memory.MasterWeights, memory.Moments]);
        Assert.Equal(memory.Total, memory.Weights + memory.Gradients + memory.MasterWeights + memory.Moments + memory.Activations + memory.Logits);
        Assert.Equal(4.0 * 4 * 1024 * 50_257, memory.Logits);
    }

    /// <summary>"8B parameters: 16 GB at 16 bits, 8 GB at 8 bits; training 32 GB, 16 GB": weights, and weights with gradients.</summary>
    [Fact]
    public void WeightBytes_OfEightBillion_AreTheLectures()
    {
        Assert.Equal([16, 8, 4], ((int[])[16, 8, 4]).Select(bits => Math.Round(ModelArithmetic.WeightBytes(s_llama8B, bits) / 1e9)));
        var training = TrainingMemory.Of(s_llama8B, TrainingNumbers.Bf16, 1, 1, ActivationKeeping.BlockInputs);
        Assert.Equal(32, Math.Round((training.Weights + training.Gradients) / 1e9));
        Assert.Equal(16, Math.Round(2 * ModelArithmetic.WeightBytes(s_llama8B, 8) / 1e9));
    }

    /// <summary>Korthikanti et al. 2022: s·b·h(34 + 5·a·s/h) a layer.</summary>
    [Fact]
    public void ActivationBytes_OfALayer_AreKorthikantis()
    {
        const double Tokens = 2048, Sequences = 3, Width = 768, Heads = 12;
        var layer = s_gpt2 with { LayerCount = 1 };

        Assert.Equal(Tokens * Sequences * Width * (34 + 5 * Heads * Tokens / Width), TrainingMemory.ActivationBytes(layer, Sequences, Tokens, ActivationKeeping.Everything));
        Assert.Equal(Tokens * Sequences * Width * 34, TrainingMemory.ActivationBytes(layer, Sequences, Tokens, ActivationKeeping.WithoutScores));
        Assert.Equal(Tokens * Sequences * Width * (12 * 2 + 34), TrainingMemory.ActivationBytes(s_gpt2, Sequences, Tokens, ActivationKeeping.BlockInputs));
        Assert.Equal(Tokens * Sequences * Width * 66, TrainingMemory.ActivationBytes(layer, Sequences, Tokens, ActivationKeeping.WithoutScores, isFp32: true));
    }

    /// <summary>Llama 3 8B: 2 · 32 layers · 8 heads of 128 · 2 bytes are 131,072 a token, 1.07 GB for its context.</summary>
    [Fact]
    public void KeyValueBytes_OfGroupedQueries_CountTheirHeads()
    {
        Assert.Equal(131_072, ModelArithmetic.KeyValueBytes(s_llama8B, 1, 1));
        Assert.Equal(131_072.0 * 8192 * 4 / 2, ModelArithmetic.KeyValueBytes(s_llama8B, 8192, 4, bits: 8));
    }
}
