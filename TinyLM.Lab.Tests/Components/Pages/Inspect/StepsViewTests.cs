using Bunit;
using TinyLM.Lab.Components.Heat;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class StepsViewTests : InspectContext
{
    [Fact]
    public void Next_FromTheFirstStageOn_LeadsThroughEveryStageToTheNextToken()
    {
        var page = OpenView("steps", "?prompt=ab");
        page.WaitForAssertion(() => Assert.Contains("1 / 40", page.Text(), StringComparison.Ordinal), Patience);
        var titles = new List<string>();

        for (var stage = 1; stage <= 40; stage++)
        {
            var place = $"{stage} / 40";
            page.WaitForAssertion(() => Assert.Contains(place, page.Find("#stage-title").TextContent, StringComparison.Ordinal), Patience);
            titles.Add(page.Find("#stage-title").TextContent.Replace(place, "", StringComparison.Ordinal).Trim());
            Assert.NotEmpty(page.Find("code").TextContent);
            if (stage < 40) page.InvokeAsync(() => page.Button("Next").Click());
        }

        Assert.Equal(["Tokens", "Token embeddings", "Positions", "The residual stream begins", "Layer 0: Layer norm"], titles.Take(5));
        Assert.Equal(["Final norm", "Logits", "Softmax with temperature", "The next token"], titles.TakeLast(4));
        Assert.Contains("Layer 1: Attention", titles);
        Assert.True(page.Button("Next").HasAttribute("disabled"));
    }

    [Fact]
    public void ArrowKeys_GoOnAndBack_AndTheStageStandsInTheAddress()
    {
        var page = OpenView("steps", "?prompt=ab&stage=softmax&layer=1&head=1");
        page.WaitForAssertion(() => Assert.Contains("Layer 1: Attention", page.Text(), StringComparison.Ordinal), Patience);

        page.InvokeAsync(() => page.Find("section[tabindex]").KeyDown("ArrowRight"));
        page.WaitForAssertion(() => Assert.Contains("Layer 1: Weighted sum", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("stage=weighted", Address, StringComparison.Ordinal);
        page.InvokeAsync(() => page.Find("section[tabindex]").KeyDown("ArrowLeft"));

        page.WaitForAssertion(() => Assert.Contains("stage=softmax", Address, StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Softmax_Stage_ShowsTheAttentionOfTheHead()
    {
        var page = OpenView("steps", "?prompt=ab&stage=softmax&layer=1&head=1");

        page.WaitForAssertion(() => Assert.Single(page.FindComponents<HeatStrip>()), Patience);
        var table = page.FindComponent<HeatStrip>().Instance.Table;
        Assert.Equal((3, 3), (table.Rows, table.Columns));
        for (var row = 0; row < 3; row++) Assert.Equal(1, table[row].ToArray().Sum(), 1e-5);
    }

    [Fact]
    public void Llama_HasItsOwnStages()
    {
        Models.Config = Models.Config with { Family = ModelFamily.Llama, KeyValueHeadCount = 1 };

        foreach (var stage in Stages.Of(ModelFamily.Llama).Select(stage => stage.Key))
        {
            var page = OpenView("steps", $"?prompt=ab&stage={stage}&layer=1&head=1");
            page.WaitForAssertion(() => Assert.True(page.FindComponents<HeatStrip>().Count > 0 || stage is "tokens" or "next"), Patience);
        }

        Assert.DoesNotContain(Stages.Of(ModelFamily.Llama), stage => stage.Key == "positions");
        Assert.Contains(Stages.Of(ModelFamily.Llama), stage => stage.Key == "gate");
    }
}
