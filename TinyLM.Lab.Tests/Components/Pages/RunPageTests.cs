using AngleSharp.Dom;
using Bunit;
using TinyLM.Lab.Components.Pages.Run;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class RunPageTests : ComponentContext
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void Run_Unknown_SaysSo()
    {
        var page = Open("nothing");

        Assert.Contains("There is no such run", page.Text(), StringComparison.Ordinal);
        Assert.True(page.HasButton("Go to the runs"));
    }

    [Fact]
    public void Run_Preparing_ShowsTheStage()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Preparing) with { Stage = "Training the tokenizer", StageFraction = 0.42 });

        var page = Open("r");

        Assert.Contains("Training the tokenizer 42%", page.Text(), StringComparison.Ordinal);
        Assert.Contains("The curve begins with the first step.", page.Text(), StringComparison.Ordinal);
        Assert.False(page.HasButton("Generate"));
        Assert.True(page.HasButton("Stop"));
        Assert.False(page.HasButton("Pause"));
    }

    [Fact]
    public void Run_Running_ShowsProgressLossesInBothUnitsAndTheFloor()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(300);
        feed.Become(run => run with { TimeLeft = TimeSpan.FromSeconds(75), TrainLoss = 2, ValidationLoss = 2.5 });

        var text = Open("r").Text();

        Assert.Contains("Step 300 of 1,500 20% 1 min 15 s left", text, StringComparison.Ordinal);
        Assert.Contains("Training loss 2.000 0.721 bits per byte", text, StringComparison.Ordinal); // 2 / (4 ln 2)
        Assert.Contains("Validation loss 2.500 0.902 bits per byte", text, StringComparison.Ordinal);
        Assert.Contains("Entropy of the source 1.200 0.433 bits per byte", text, StringComparison.Ordinal);
        Assert.Contains("41k tokens a second", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseFloorIsABound_SaysSo()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Add(TestRuns.Dataset(isUpperBound: true));

        var page = Open("r");

        Assert.Contains("≤ 1.200", page.Text(), StringComparison.Ordinal);
        Assert.Contains("upper bound", page.Find("[role=note]").GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithSamples_ShowsTheNewestFirst()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running));
        feed.Add(TestRuns.Sample(75, "qqj zzt"));
        feed.Add(TestRuns.Sample(150, " there was a fox.", prompt: "Once"));

        var samples = Open("r").FindAll(".samples li").Select(sample => sample.TextContent).ToList();

        Assert.Contains("Step 150", samples[0], StringComparison.Ordinal);
        Assert.Contains("Once there was a fox.", samples[0], StringComparison.Ordinal);
        Assert.Contains("qqj zzt", samples[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Failed_SaysWhyAndOffersToResume()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Failed) with { Step = 12, Reason = "The loss is not a number at step 12: the learning rate of 1000 is too high." });

        var page = Open("r");

        Assert.Contains("the learning rate of 1000 is too high", page.Find("[role=alert], .mud-alert").TextContent, StringComparison.Ordinal);
        page.Button("Resume").Click();
        Assert.Equal(["resume r"], Runs.Commands);
    }

    [Fact]
    public void Run_Completed_OffersItsModelAndNothingToPause()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed)).Train(500);

        var page = Open("r");

        Assert.True(page.HasButton("Generate"));
        Assert.False(page.HasButton("Pause"));
        Assert.False(page.HasButton("Stop"));
        Assert.False(page.HasButton("Resume"));
    }

    [Fact]
    public void Warning_InTheRun_IsShown()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Add(TestRuns.Warning("The corpus is read for the ninth time; expect memorising."));

        Assert.Contains("read for the ninth time", Open("r").Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Pause", "pause r", RunStatus.Paused)]
    [InlineData("Save", "save r", RunStatus.Running)]
    [InlineData("Stop", "stop r", RunStatus.Stopped)]
    public void Command_OfARunningRun_ReachesTheServiceAndTheNewStateShows(string button, string command, RunStatus after)
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running));
        var page = Open("r");

        page.Button(button).Click();

        Assert.Equal([command], Runs.Commands);
        page.WaitForAssertion(() => Assert.Equal(after.ToString(), page.Find("[role=status] .status").TextContent), s_patience);
    }

    [Fact]
    public void Run_ThatGoesOn_IsFollowedAndRewound()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running));
        feed.Add(TestRuns.Sample(80, "later taken back"));
        var page = Open("r");

        feed.Add(TestRuns.Step(41));
        page.WaitForAssertion(() => Assert.Contains("Step 41 of 1,500", page.Text(), StringComparison.Ordinal), s_patience);
        feed.RewindTo(40);

        page.WaitForAssertion(() => Assert.DoesNotContain("later taken back", page.Text(), StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void Run_Deleted_GoesHomeAndCanBeTakenBack()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Stopped));
        var page = Open("r");

        page.Button("More").Click();
        Popovers.WaitForElements(".mud-menu-item").Single(item => item.TextContent.Contains("Delete", StringComparison.Ordinal)).Click();
        page.WaitForAssertion(() => Assert.Equal(["delete r"], Runs.Commands), s_patience);
        Assert.EndsWith("/", Address, StringComparison.Ordinal);
        Snackbars.WaitForElements("button").Single(button => button.TextContent.Trim() == "Undo").Click();
        Snackbars.WaitForAssertion(() => Assert.Equal(["delete r", "restore r"], Runs.Commands), s_patience);
    }

    [Fact]
    public void Alert_OfASpike_OffersTheCheckpointBeforeIt()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(600);
        feed.Alerts = [new RunAlert(AlertKind.Spike, 420, "The loss jumped to 3.5 at step 420.", "Go back.")];
        var page = Open("r");

        page.Button("Go back to step 250 with half the learning rate").Click();

        Assert.Contains("The loss jumped to 3.5 at step 420.", page.Text(), StringComparison.Ordinal);
        Assert.Equal(["back to 250 at 0.5 r"], Runs.Commands);
    }

    [Fact]
    public void NotesAndTags_Typed_AreKept()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Stopped));
        var page = Open("r");

        page.Field("What you want to remember").Change("Learns fast, then stalls.");
        page.Field("Tags").Change("stalls, wide");

        Assert.Equal(("Learns fast, then stalls.", "stalls, wide"), (Runs.Find("r")!.Notes, Runs.Find("r")!.Tags.ToString()));
    }

    private IRenderedComponent<RunPage> Open(string id) => Render<RunPage>(parameters => parameters.Add(page => page.RunId, id));
}
