using TinyLM.Model.Architectures;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Model.Runs;

public class RunPresetsTests
{
    public static TheoryData<string> Ids => [.. RunPresets.All.Select(preset => preset.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void EachPreset_BreaksNoRule(string id)
    {
        var preset = RunPresets.All.Single(known => known.Id == id);

        Assert.Empty((preset.Text is { IsRequired: true } ? preset.Spec with { Data = preset.Spec.Data with { Corpus = "brought" } } : preset.Spec).Validate());
        Assert.Equal(id, preset.Spec.Preset);
    }

    [Theory]
    [InlineData("tinystories-1m", 64, 8, 1.07e6)]
    [InlineData("tinystories-8m", 256, 8, 9.1e6)]
    [InlineData("tinystories-33m", 768, 4, 36.4e6)]
    [InlineData("llama-260k", 64, 5, 2.6e5)]
    [InlineData("llama-15m", 288, 6, 15.2e6)]
    [InlineData("gpt2-124m", 768, 12, 124_439_808)]
    public void PublishedShapes_AreThoseOfTheirSources(string id, int width, int layers, double parameters)
    {
        var model = RunPresets.All.Single(known => known.Id == id).Spec.Model;

        Assert.Equal((width, layers), (model.EmbeddingSize, model.LayerCount));
        Assert.Equal(parameters, ModelArithmetic.ParameterCount(model), tolerance: 0.01 * parameters);
    }

    [Fact]
    public void TextToBring_IsFoundByItsNameAndMissedInWordsWhereThereIsNone()
    {
        var shakespeare = RunPresets.Shakespeare;

        Assert.Equal("corpus-1", shakespeare.With([("stories", "Stories"), ("corpus-1", "Tiny Shakespeare.txt")]).Data.Corpus);
        Assert.Contains("No corpus is chosen.", shakespeare.With([("stories", "Stories")]).Validate());
        Assert.Equal("stories", RunPresets.TinyStories[0].With([("stories", "Stories")]).Data.Corpus);
    }
}
