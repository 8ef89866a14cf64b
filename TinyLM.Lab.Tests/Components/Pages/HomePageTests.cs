using Bunit;
using TinyLM.Lab.Components.Pages.Home;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class HomePageTests : ComponentContext
{
    [Fact]
    public void Home_WithoutRuns_OffersTheFirstModel()
    {
        var page = Render<HomePage>();

        Assert.Contains("noise become words become stories", page.Text(), StringComparison.Ordinal);
        Assert.True(page.HasButton("Train your first model"));
        Assert.Empty(page.FindAll(".runs li"));
    }

    [Fact]
    public void FirstModel_Clicked_StartsTheQuickPresetAndOpensItsPage()
    {
        var page = Render<HomePage>();

        page.Button("Train your first model").Click();

        Assert.Equal(RunPresets.Quick.Spec, Assert.Single(Runs.Started));
        Assert.EndsWith("/runs/run-1", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WhereNothingCanTrain_SaysWhyAndStartsNothing()
    {
        Devices.Current = FakeDeviceCatalog.Broken;

        var page = Render<HomePage>();

        Assert.Contains(FakeDeviceCatalog.Broken.Problem!, page.Text(), StringComparison.Ordinal);
        Assert.Equal("/device", page.Button("What to do").GetAttribute("href"));
        Assert.True(page.Button("Train your first model").HasAttribute("disabled"));
    }

    [Fact]
    public void FirstModel_Refused_SaysWhyAndStays()
    {
        Runs.Refusal = new InvalidSpecException(["There is no device to train on."]);
        var page = Render<HomePage>();

        page.Button("Train your first model").Click();

        Assert.Contains("There is no device to train on.", page.Text(), StringComparison.Ordinal);
        Assert.EndsWith("/", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WithRuns_ListsTheNewestFirstWithTheirState()
    {
        Runs.Add(TestRuns.Summary("old", RunStatus.Failed) with { Name = "Old one", Reason = "The loss is not a number at step 12." });
        Runs.Add(TestRuns.Summary("new", RunStatus.Running) with { Name = "New one", Step = 300, ValidationLoss = 2.5, TimeLeft = TimeSpan.FromSeconds(65) });

        var rows = Render<HomePage>().FindAll(".runs li").Select(row => row.TextContent).ToList();

        Assert.Equal(2, rows.Count);
        Assert.Contains("New one", rows[0], StringComparison.Ordinal);
        Assert.Contains("step 300 of 1,500, 1 min 05 s left", rows[0], StringComparison.Ordinal);
        Assert.Contains("2.500", rows[0], StringComparison.Ordinal);
        Assert.Contains("The loss is not a number at step 12.", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WhileARunGoesOn_FollowsIt()
    {
        var feed = Runs.Add(TestRuns.Summary("live", RunStatus.Running));
        var page = Render<HomePage>();

        feed.Add(TestRuns.Step(7));

        page.WaitForAssertion(() => Assert.Contains("step 7 of 1,500", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }
}
