using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Run;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Runs.Alerts;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

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
    public void Run_WithAnEstimate_SetsItBesideWhatWasMeasured()
    {
        Runs.Estimates["r"] = new RunEstimate { ParameterCount = 1_071_616, TotalTokens = 3_000_000, MemoryBytes = 400_000_000, TotalFlops = 2e13, Time = TimeSpan.FromSeconds(100), TimeSource = "from 3 earlier runs on this machine" };
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { WallTime = 110, PeakMemoryBytes = 380_000_000, Tokens = 3_000_000, FlopsPerToken = 7e6 }).Train(20);

        var text = Open("r").Text();

        Assert.Contains("Time 1 min 40 s 1 min 50 s +10%", text, StringComparison.Ordinal);
        Assert.Contains("Memory 400 MB 380 MB −5%", text, StringComparison.Ordinal);
        Assert.Contains("Operations 2e13 2.1e13 +5%", text, StringComparison.Ordinal);
        Assert.Contains("the time from 3 earlier runs on this machine", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithoutAnEstimate_ShowsNone()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(20);

        Assert.DoesNotContain("Expected and measured", Open("r").Text(), StringComparison.Ordinal);
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
    public void Run_WithSamples_ShowsTheNewestOfEachPromptAndGoesThroughTime()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running));
        foreach (var (step, text) in (ReadOnlySpan<(int, string)>)[(75, "qqj zzt"), (150, " the the"), (300, " there was a fox.")])
        {
            feed.Add(TestRuns.Sample(step, text, prompt: "Once"));
            feed.Add(TestRuns.Sample(step, $"of {step}"));
        }
        var page = Open("r");

        Assert.Equal(["Once there was a fox.", "of 300"], Samples(page));
        page.Find("[aria-label=Earlier]").Click();
        page.WaitForAssertion(() => Assert.Equal(["Once the the", "of 150"], Samples(page)), s_patience);
        Assert.EndsWith("/?sample=150", Address, StringComparison.Ordinal);
        feed.Add(TestRuns.Sample(450, "of 450")); // who looks at the past is not pulled away from it
        page.Find("[aria-label='Step of the samples']").Input("0");
        page.WaitForAssertion(() => Assert.Equal(["Onceqqj zzt", "of 75"], Samples(page)), s_patience);

        static IEnumerable<string> Samples(IRenderedComponent<RunPage> page) => page.FindAll(".samples .text").Select(sample => sample.TextContent);
    }

    [Fact]
    public void Sight_OfTheFirstBatch_ShowsWhereDocumentsBegin()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(10);
        var page = Open("r");

        page.Button("First batch").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".batch li").Count), s_patience);
        var parts = page.FindAll(".batch li")[0].QuerySelectorAll(".part");
        Assert.Equal([0, 1], parts.Select(part => part.QuerySelectorAll("[aria-label='A document begins']").Length));
        Assert.Equal("24 tokens", parts[1].GetAttribute("title"));
        Assert.EndsWith("?see=batch", Address, StringComparison.Ordinal);
        Assert.True(page.Button("Loss of each token").IsDisabled()); // there is no checkpoint
    }

    [Fact]
    public void Sight_OfTheLoss_ShadesEachTokenByTheNewestCheckpointAndGoesFromDocumentToDocument()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(500);
        var page = Open("r");

        page.Button("Loss of each token").Click();
        page.WaitForAssertion(() => Assert.Contains("checkpoint of step 500 · 36 tokens", page.Text(), StringComparison.Ordinal), s_patience);
        page.Find("[aria-label='Next document']").Click();

        page.WaitForAssertion(() => Assert.StartsWith("Document·1:", string.Concat(page.FindAll(".token").Select(token => token.TextContent)), StringComparison.Ordinal), s_patience);
        Assert.All(page.FindAll(".token"), token => Assert.Matches(@"^loss \d+\.\d{3} nats, probability ", token.GetAttribute("title")));
        Assert.EndsWith("?see=loss&document=2", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Sight_ThatCannotBe_SaysWhy()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(10);
        Texts.Refusal = new TrainingTextException("The tokens of the run cannot be read: train.bin is gone.");
        var page = Open("r");

        page.Button("First batch").Click();

        page.WaitForAssertion(() => Assert.Contains("train.bin is gone", page.Text(), StringComparison.Ordinal), s_patience);
    }

    [Fact]
    public void Curves_OfTheMachine_StandInTheAddressAndLeaveOutWhatTheDeviceDoesNotTell()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(10);
        feed.Add(TestRuns.Step(11) with { Hardware = new HardwareReading { Processors = 1.9, MemoryBytes = 600_000_000, Gpu = new GpuReading(0.9, null, 61, null) } });
        var page = Open("r");
        Assert.Equal(["Gradient norm", "Learning rate"], Titles(page)); // no step told of its update

        page.FindAll(".mud-toggle-item").Single(item => item.TextContent.Trim() == "machine").Click();

        page.WaitForAssertion(() => Assert.Equal(["Processors in use", "Memory of the worker, bytes", "GPU in use", "GPU temperature, °C"], Titles(page)), s_patience);
        Assert.EndsWith("?curves=machine", Address, StringComparison.Ordinal);

        static IEnumerable<string> Titles(IRenderedComponent<RunPage> page) => page.FindAll(".small-charts h3").Select(title => title.TextContent);
    }

    [Fact]
    public void Curves_OfSpeed_SayWhichConventionAndWhichPeak()
    {
        var feed = Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(10);
        feed.Add(TestRuns.Environment() with { FlopsPerToken = 6.8e6, PeakFlopsPerSecond = 925e9, PeakIsMeasured = true });
        feed.Add(TestRuns.Step(11) with { FlopsUtilization = 0.31, Times = new StepTimes(0.001f, 0.01f, 0.02f, 0.003f) });
        Services.GetRequiredService<NavigationManager>().NavigateTo("/?curves=speed");

        var page = Open("r");

        var hint = page.FindAll(".small-charts [role=note]")[0].GetAttribute("aria-label");
        Assert.Contains("6N + 6LCT, 6.8M operations a token", hint, StringComparison.Ordinal);
        Assert.Contains("Peak: 925B a second in bf16, measured by a large matrix product", hint, StringComparison.Ordinal);
        Assert.Equal(["data", "forward", "backward", "optimizer"], page.FindAll(".key span").Select(name => name.TextContent));
    }

    [Fact]
    public void Run_WaitingForRoomOnTheDisk_SaysSoLoudly()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Paused) with { Step = 12, WaitsForSpace = true, Reason = "The disk is full. Free some space: the run then goes on by itself." });

        var page = Open("r");

        Assert.Equal("Paused: disk full", page.Find(".status").TextContent);
        Assert.Contains("The disk is full. Free some space: the run then goes on by itself.", page.Find(".mud-alert-outlined-error, .mud-alert-text-error, .mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Contains("waits for room on the disk", page.Text(), StringComparison.Ordinal);
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
    public void Run_WhoseSettingsCannotBeRead_ShowsNoOthersInTheirPlace()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Failed) with { Reason = "run.json is damaged at line 3.", IsDamaged = true, ParameterCount = 0 });

        var page = Open("r");

        Assert.Contains("run.json is damaged at line 3.", page.Text(), StringComparison.Ordinal);
        Assert.Contains("They cannot be read", page.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("Layers × width", page.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("parameters", page.Text(), StringComparison.Ordinal);
        Assert.False(page.HasButton("Resume"));
        Assert.False(page.HasButton("Start from these"));
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
