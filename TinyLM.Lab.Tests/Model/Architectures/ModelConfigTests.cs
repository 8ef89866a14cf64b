using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Architectures;

public class ModelConfigTests
{
    private static readonly ModelConfig s_llama = new() { Family = ModelFamily.Llama, EmbeddingSize = 96, HeadCount = 6 };

    /// <summary>llama2.c rounds 8/3 of the width up to a multiple of 32: 768 for its 15M, 1,376 for its 42M, 2,048 for its 110M.</summary>
    [Theory]
    [InlineData(288, 768)]
    [InlineData(512, 1376)]
    [InlineData(768, 2048)]
    public void ActualFeedForwardSize_OfALlama_IsLlama2cs(int width, int expected) =>
        Assert.Equal(expected, (s_llama with { EmbeddingSize = width }).ActualFeedForwardSize);

    [Fact]
    public void Equals_DefaultsWrittenOut_IsTheSameModel()
    {
        Assert.Equal(s_llama, s_llama with { KeyValueHeadCount = 6, FeedForwardSize = 256 });
        Assert.Equal(s_llama.GetHashCode(), (s_llama with { KeyValueHeadCount = 6, FeedForwardSize = 256 }).GetHashCode());
        Assert.NotEqual(s_llama, s_llama with { KeyValueHeadCount = 3 });
        Assert.NotEqual(s_llama, s_llama with { TiedHead = false });
        Assert.NotEqual(s_llama, s_llama with { RotaryBase = 500_000 });
        Assert.NotEqual(s_llama, s_llama with { Family = ModelFamily.Gpt2 });
    }

    [Theory]
    [InlineData(4, 96, 6, "key/value heads do not divide")]
    [InlineData(0, 30, 6, "must be even")]
    [InlineData(0, 97, 6, "do not divide a width")]
    public void Validate_ALlamaThatCannotBe_SaysWhy(int keyValueHeads, int width, int heads, string words) =>
        Assert.Contains(words, Assert.Single((s_llama with { KeyValueHeadCount = keyValueHeads, EmbeddingSize = width, HeadCount = heads }).Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_Gpt2WithWhatOnlyALlamaHas_SaysWhy()
    {
        Assert.Contains("Grouped queries", Assert.Single(new ModelConfig { KeyValueHeadCount = 2 }.Validate()), StringComparison.Ordinal);
        Assert.Contains("head is the embedding table", Assert.Single(new ModelConfig { TiedHead = false }.Validate()), StringComparison.Ordinal);
    }

    /// <summary>A run.json of before there were families to choose from.</summary>
    [Fact]
    public void Parse_SpecWithoutTheNewMembers_IsTheGpt2OfBefore()
    {
        var spec = RunSpec.Parse("""{"version":1,"model":{"family":"gpt2","vocabularySize":2048,"contextLength":128,"embeddingSize":128,"layerCount":4,"headCount":4}}""", "run.json");

        Assert.Equal((ModelFamily.Gpt2, true, 0, 0), (spec.Model.Family, spec.Model.TiedHead, spec.Model.KeyValueHeadCount, spec.Model.FeedForwardSize));
        Assert.Empty(spec.Validate());
    }
}
