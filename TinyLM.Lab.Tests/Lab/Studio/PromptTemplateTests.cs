using System.Text.Json;
using TinyLM.Lab.Models;
using TinyLM.Lab.Studio;

namespace TinyLM.Lab.Tests.Lab.Studio;

public class PromptTemplateTests
{
    [Theory]
    [InlineData(0, "Translate English to French:\ncheese =>")]
    [InlineData(1, "Translate English to French:\nsea otter => loutre de mer\ncheese =>")]
    [InlineData(3, "Translate English to French:\nsea otter => loutre de mer\npeppermint => menthe poivrée\nplush giraffe => girafe en peluche\ncheese =>")]
    public void Assemble_OfTheTranslationTask_IsThePromptOfTheLecture(int shots, string expected) =>
        Assert.Equal(expected, (PromptTemplates.All.Single(one => one.Id == "translate") with { Shots = shots }).Assemble("cheese"));

    [Fact]
    public void Results_WithQuotesAndLines_StayOneRowEach()
    {
        var token = new StudioToken(1, "say \"yes\"", -0.5, 1, []);
        var result = PromptResults.Of("a,b", "line 1\nline 2", [token, new StudioToken(2, "\nQ:", -1.5, 1, [])], stop: "\n");

        Assert.Equal(("say \"yes\"", 1.0, 2), (result.Answer, result.Loss, result.TokenCount));
        Assert.Equal("question,prompt,answer,nats_per_token,tokens\r\n\"a,b\",\"line 1\nline 2\",\"say \"\"yes\"\"\",1,2\r\n", PromptResults.ToCsv([result]));
        Assert.Equal("line 1\nline 2", JsonDocument.Parse(PromptResults.ToJsonLines([result])).RootElement.GetProperty("prompt").GetString());
    }

    [Fact]
    public void Picture_OfSettings_GoesFromTheModelsDistributionToTheDrawnOne()
    {
        var next = new NextToken([0, 3, 1, 2], new TinyLM.Model.Generation.TokenHistory(), allowed: null, id => $"t{id}");

        var picture = next.Picture(new TinyLM.Model.Generation.SamplingSettings { Temperature = 1, TopK = 2 }, count: 3);

        Assert.Equal(["t1", "t3", "t2"], picture.Tokens.Select(token => token.Text));
        Assert.Equal([0, 0], picture.Tokens.Skip(2).Select(token => token.Final).Append(0));
        Assert.Equal(2, picture.KeptCount);
        Assert.Equal(1, picture.Tokens.Sum(token => token.Final), 1e-12);
        Assert.True(picture.Entropy < picture.RawEntropy);
        var step = Assert.Single(picture.Steps);
        Assert.Equal((TinyLM.Model.Generation.SamplingStage.TopK, 2), (step.Stage, step.KeptCount));
    }
}
