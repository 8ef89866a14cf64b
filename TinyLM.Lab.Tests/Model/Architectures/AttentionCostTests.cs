using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class AttentionCostTests
{
    [Fact]
    public void Attention_TwiceAsLong_CostsFourTimesAndItsAlternativesTwice()
    {
        Assert.Equal(4, AttentionCost.Whole(8192, 768) / AttentionCost.Whole(4096, 768));
        Assert.Equal(4, AttentionCost.ScoreBytes(8192, 12) / AttentionCost.ScoreBytes(4096, 12));
        Assert.Equal(2, AttentionCost.Windowed(8192, 768, 512) / AttentionCost.Windowed(4096, 768, 512));
        Assert.Equal(2, AttentionCost.Linear(8192, 768, 64) / AttentionCost.Linear(4096, 768, 64));
        Assert.Equal(2, AttentionCost.KeyValueBytes(8192, 768) / AttentionCost.KeyValueBytes(4096, 768));
        Assert.Equal(AttentionCost.WindowBytes(8192, 768, 512), AttentionCost.WindowBytes(4096, 768, 512));
    }

    [Fact]
    public void Attention_OvertakesTheMatrices_AtSixWidthsOrTwelveLookingBack()
    {
        Assert.Equal(AttentionCost.Matrices(6 * 768, 768), AttentionCost.Whole(6 * 768, 768));
        Assert.Equal(AttentionCost.Matrices(12 * 768, 768), AttentionCost.Causal(12 * 768, 768));
    }

    /// <summary>The same operations as the model's own count has a layer: 6LCT a token in training are 2LCT forward, of T tokens 2LCT².</summary>
    [Fact]
    public void Causal_IsWhatTheModelCounts()
    {
        var config = ModelShapes.Find("gpt2-124m")!.Config;
        var attention = ModelArithmetic.ForwardFlopsPerToken(config) - ModelArithmetic.ForwardFlopsPerToken(config, FlopsConvention.Parameters);

        Assert.Equal(config.LayerCount * AttentionCost.Causal(1024, 768), 1024 * attention);
        Assert.Equal(AttentionCost.Causal(300, 768), AttentionCost.Windowed(300, 768, 4096));
        Assert.Equal(2.0 * 768 * 64, AttentionCost.StateBytes(768, 64));
    }
}
