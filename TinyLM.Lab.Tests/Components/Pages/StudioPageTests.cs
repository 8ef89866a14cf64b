using Bunit;
using TinyLM.Lab.Components.Pages.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class StudioPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public StudioPageTests() => Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { HasCheckpoint = true });

    [Fact]
    public async Task Write_Clicked_ShowsTokensWithTheirChoices()
    {
        var page = Open();

        page.Button("Write").Click();
        page.WaitForAssertion(() => Assert.Equal(5, page.FindAll(".token").Count), s_patience);
        page.WaitForAssertion(() => Assert.Contains("the model ended the text", page.Text(), StringComparison.Ordinal), s_patience);
        await page.InvokeAsync(() => page.FindAll(".token")[1].Click()); // no refresh in between

        page.WaitForAssertion(() => Assert.Contains("The choice at token 2", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Contains("run/r", Models.Requests[0].Model.ToString(), StringComparison.Ordinal);
        Assert.Equal("Once upon a time", Models.Requests[0].Request.Prompt);
    }

    [Fact]
    public async Task Slider_Moved_ChangesThePictureWithoutAskingTheModelAgain()
    {
        var page = Open();
        page.WaitForAssertion(() => Assert.Contains("5 of 5 tokens can be drawn", page.Text(), StringComparison.Ordinal), s_patience);
        var asked = Models.PredictionCount;

        await page.InvokeAsync(() => page.Find("input[type=range][aria-label='Top-k']").Input("2"));

        page.WaitForAssertion(() => Assert.Contains("2 of 5 tokens can be drawn", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.Equal(asked, Models.PredictionCount);
    }

    [Fact]
    public void Constraint_ThatCannotBeFollowed_IsToldAndHoldsBack()
    {
        var page = Open();

        page.Field("Stop strings").Input("x\ny");
        page.Field("Texts at once").Input("0");

        page.WaitForAssertion(() => Assert.Contains("The number of texts is 0", page.Text(), StringComparison.Ordinal), s_patience);
        Assert.True(page.Button("Write").HasAttribute("disabled"));
    }

    [Fact]
    public void Prompts_Asked_AreATable()
    {
        var page = Render<PromptView>();

        page.Button("Ask all").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("tbody tr").Count), s_patience);
        page.WaitForAssertion(() => Assert.Contains("there was a fox.", page.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal), s_patience);
        page.WaitForAssertion(() => Assert.Equal(2, Models.Requests.Count), s_patience); // asked at the same time, in any order
        Assert.Single(Models.Requests, one => one.Request.Prompt.EndsWith("cheese =>", StringComparison.Ordinal));
        Assert.StartsWith("data:text/csv", page.Button("CSV").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_WriteAll_WritesTheSameSeedsOnEachSide()
    {
        var page = Render<CompareView>();

        page.Button("Write all").Click();

        page.WaitForAssertion(() => Assert.Equal(4, page.FindAll("article").Count), s_patience);
        page.WaitForAssertion(() => Assert.Equal(4, Models.Requests.Count), s_patience);
        Assert.Equal([(0.5, 1ul), (0.5, 2ul), (1.0, 1ul), (1.0, 2ul)], Models.Requests.Select(one => (one.Request.Settings.Temperature, one.Request.Settings.Seed)).Order());
    }

    [Fact]
    public void Prompts_Changed_StandInTheAddressAndComeBackFromIt()
    {
        var page = Render<PromptView>();
        page.Field("Task").Input("Say it in {to}:");
        page.Field("Variables").Input("to = Dutch");
        page.Field("Examples").Input("fox | vos\nbear | beer");
        page.Field("Questions").Input("tree\nhouse");
        page.Field("Temperature").Input("0.5");
        page.WaitForAssertion(() => Assert.Contains("temperature=0.5", Address, StringComparison.Ordinal), s_patience);

        var again = Render<PromptView>();

        Assert.Equal("Say it in Dutch:\nfox => vos\nbear => beer\ntree =>", again.Find(".preview").TextContent);
        Assert.Equal("0.5", again.Field("Temperature").GetAttribute("value"));
    }

    [Fact]
    public void Prompts_TooLongForAnAddress_StayOutOfIt()
    {
        var page = Render<PromptView>();

        page.Field("Questions").Input(new string('x', 5000));

        Assert.DoesNotContain("xxx", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_Changed_StandsInTheAddressAndComesBackFromIt()
    {
        var page = Render<CompareView>();
        page.Field("Seeds").Input("3");
        page.Field("First seed").Input("18446744073709551615");
        page.Field("Longest text (tokens)").Input("9");
        page.WaitForAssertion(() => Assert.Contains("tokens=9", Address, StringComparison.Ordinal), s_patience);

        var again = Render<CompareView>();

        Assert.Equal("3", again.Field("Seeds").GetAttribute("value"));
        Assert.Equal("18446744073709551615", again.Field("First seed").GetAttribute("value"));
        Assert.Equal("9", again.Field("Longest text (tokens)").GetAttribute("value"));
    }

    private IRenderedComponent<WriteView> Open() => Render<WriteView>(parameters => parameters.Add(view => view.TreeId, "t"));
}
