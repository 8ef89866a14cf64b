using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components;
using TinyLM.Lab.Components.Pages.NewRun;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class NewRunPageTests : ComponentContext
{
    [Fact]
    public void Start_PressedAHundredTimes_StartsOneRun()
    {
        var page = Render<NewRunPage>();
        var start = page.Button("Start training");

        for (var i = 0; i < TrustCounts.Of(100, 1_000); i++) Press(start);

        Assert.Single(Runs.Started);

        static void Press(AngleSharp.Dom.IElement button)
        {
            try
            {
                button.Click();
            }
            catch (Bunit.Rendering.UnknownEventHandlerIdException)
            {
                return; // the button has been drawn anew, without its handler
            }
        }
    }

    [Fact]
    public void Form_Opened_StandsAtTheQuickPresetWithItsCost()
    {
        var page = Render<NewRunPage>();

        var quick = RunPresets.Quick.Spec.Training;
        Assert.Equal(quick.Steps.ToString("N0", CultureInfo.InvariantCulture), page.Field("Steps").GetAttribute("value"));
        Assert.Equal(quick.LearningRate.ToString(CultureInfo.InvariantCulture), page.Field("Learning rate").GetAttribute("value"));
        Assert.Contains("Parameters 786k", page.Text(), StringComparison.Ordinal); // 12 × 4 × 128²
        Assert.Contains($"Time {Display.Duration(TimeSpan.FromSeconds(0.1 * quick.Steps))}", page.Text(), StringComparison.Ordinal);
        Assert.False(page.Button("Start training").HasAttribute("disabled"));
    }

    [Fact]
    public void Json_Pasted_IsTakenOrRefusedInWords()
    {
        var page = Render<NewRunPage>();
        var other = RunPresets.Small.Spec with { Name = "From a colleague" };

        page.Field("Settings as JSON").Input(other.ToJson().Replace("\"steps\"", "\"stepz\"", StringComparison.Ordinal));
        page.Button("Take these settings").Click();
        var refusal = page.ControlText("Settings as JSON");
        page.Field("Settings as JSON").Input(other.ToJson());
        page.WaitForAssertion(() => Assert.DoesNotContain("stepz", page.ControlText("Settings as JSON"), StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        page.Button("Take these settings").Click();

        Assert.Contains("stepz", refusal, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal("From a colleague", page.Field("Name of the run").GetAttribute("value")), TimeSpan.FromSeconds(10));
        page.Find("form").Submit();
        Assert.Equal(other.ToJson(), Started(page).ToJson());
    }

    [Fact]
    public void Preset_Saved_IsOfferedAndCanBeDeleted()
    {
        var page = Render<NewRunPage>();
        page.Field("Steps").Input("321");

        page.Button("Save as a preset").Click();
        Dialogs.WaitForElement(".mud-dialog input").Input("Mine");
        Dialogs.FindAll(".mud-dialog button").Single(button => button.TextContent.Trim() == "Save").Click();
        page.WaitForAssertion(() => Assert.Equal(321, Assert.Single(Presets.List()).Spec.Training.Steps), TimeSpan.FromSeconds(10));
        page.Field("Steps").Input("5");
        page.Button("Mine").Click();

        Assert.Equal("321", page.Field("Steps").GetAttribute("value"));
        page.Button("Delete the preset Mine").Click();
        Assert.Empty(Presets.List());
    }

    [Fact]
    public void Form_WhereNothingCanTrain_SaysWhyAndStartsNothing()
    {
        Devices.Current = FakeDeviceCatalog.Broken;
        var page = Render<NewRunPage>();

        page.Find("form").Submit();

        Assert.Contains(FakeDeviceCatalog.Broken.Problem!, page.Text(), StringComparison.Ordinal);
        Assert.True(page.Button("Start training").HasAttribute("disabled"));
        Assert.Empty(Runs.Started);
    }

    [Fact]
    public void Width_Typed_ChangesTheCostAtOnce()
    {
        var page = Render<NewRunPage>();

        page.Field("Width").Input("256");

        Assert.Contains("Parameters 3.15M", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Heads_ThatDoNotDivideTheWidth_AreToldBesideTheFieldAndNothingStarts()
    {
        var page = Render<NewRunPage>();

        page.Field("Heads").Input("5");

        Assert.Contains("5 heads do not divide a width of 128", page.ControlText("Heads"), StringComparison.Ordinal);
        Assert.DoesNotContain("do not divide", page.ControlText("Width"), StringComparison.Ordinal);
        Assert.True(page.Button("Start training").HasAttribute("disabled"));
        Assert.Empty(Runs.Started);
    }

    [Theory]
    [InlineData("many", "“many” is not a whole number in range.")]
    [InlineData("", "A number is missing here.")]
    [InlineData("2.5", "“2.5” is not a whole number in range.")]
    public void Steps_ThatAreNoNumber_AreToldBesideTheField(string typed, string expected)
    {
        var page = Render<NewRunPage>();

        page.Field("Steps").Input(typed);

        Assert.Contains(expected, page.ControlText("Steps"), StringComparison.Ordinal);
        Assert.Equal(typed, page.Field("Steps").GetAttribute("value"));
        Assert.True(page.Button("Start training").HasAttribute("disabled"));
    }

    [Fact]
    public void Number_MistypedAndMended_LetsTheRunStart()
    {
        var page = Render<NewRunPage>();
        page.Field("Learning rate").Input("1e-");

        page.Field("Learning rate").Input("1e-3");
        page.Field("Steps").Input("2,000");
        page.Button("Start training").Click();

        var spec = Started(page);
        Assert.Equal((1e-3, 2000), (spec.Training.LearningRate, spec.Training.Steps));
        Assert.EndsWith("/runs/run-1", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabulary_Typed_IsTheTokenizersAndTheModels()
    {
        var page = Render<NewRunPage>();

        page.Field("Vocabulary size (tokens)").Input("512");
        page.Button("Start training").Click();

        var spec = Started(page);
        Assert.Equal((512, 512), (spec.Tokenizer.VocabularySize, spec.Model.VocabularySize));
    }

    [Fact]
    public void Tokenizer_InTheAddress_IsTheRunsAndItsSizeTheModels()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?tokenizer=rhyme");
        var page = Render<NewRunPage>();
        var size = Tokenizers.Open("rhyme").VocabularySize;

        page.Find("form").Submit();

        var spec = Started(page);
        Assert.Equal(("rhyme", size, size), (spec.Tokenizer.Id, spec.Tokenizer.VocabularySize, spec.Model.VocabularySize));
        Assert.Contains("Rhyme for the tests.", page.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("Learned from", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Preset_Chosen_FillsTheForm()
    {
        var page = Render<NewRunPage>();
        page.Field("Steps").Input("broken");

        page.Find("input[type=radio][value=small]").Change("small");

        Assert.Equal("8,000", page.Field("Steps").GetAttribute("value"));
        Assert.False(page.Button("Start training").HasAttribute("disabled"));
    }

    [Fact]
    public void Service_Refusing_IsToldInItsWords()
    {
        Runs.Refusal = new InvalidSpecException(["The corpus 'gone' is not in the library."]);
        var page = Render<NewRunPage>();

        page.Button("Start training").Click();

        Assert.Contains("The corpus 'gone' is not in the library.", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_InTheAddress_GivesItsSettings()
    {
        Runs.Add(TestRuns.Summary("earlier", RunStatus.Completed), RunPresets.Small.Spec with { Name = "Mine" });
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?run=earlier");

        var page = Render<NewRunPage>();

        Assert.Equal("Mine", page.Field("Name of the run").GetAttribute("value"));
        Assert.Equal("256", page.Field("Width").GetAttribute("value"));
    }

    [Fact]
    public void Dial_TurnedToASize_SetsEverythingThatFollowsAndLeavesItToBeChanged()
    {
        var page = Render<NewRunPage>();

        page.Button("10M").Click();
        var follows = page.FindComponent<DialCard>().Find("[role=status]").TextContent;
        page.Field("Steps").Input("7777");
        page.Find("form").Submit();

        var spec = Started(page);
        var expected = OneDial.OfSize(RunPresets.Quick.Spec, 1e7, FakeDeviceCatalog.Processor.Devices[0].MemoryBytes);
        Assert.Equal((expected.Model, expected.Training with { Steps = 7777 }), (spec.Model, spec.Training));
        Assert.Null(spec.Preset);
        Assert.Contains("layers × ", follows, StringComparison.Ordinal);
        Assert.Contains("learning rate", follows, StringComparison.Ordinal);
    }

    [Fact]
    public void Dial_TurnedToATime_FillsIt()
    {
        var page = Render<NewRunPage>();

        page.FindAll(".mud-toggle-item").Single(item => item.TextContent.Trim() == "Time").Click();
        page.Button("10 min").Click();
        page.Find("form").Submit();

        Assert.Equal(600, 0.1 * Started(page).Training.Steps, tolerance: 3); // the fake estimator's tenth of a second a step
    }

    [Fact]
    public void Size_InTheAddress_TurnsTheDial()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?size=3000000");

        var page = Render<NewRunPage>();

        Assert.Equal(OneDial.OfSize(RunPresets.Quick.Spec, 3e6).Model.EmbeddingSize.ToString(CultureInfo.InvariantCulture), page.Field("Width").GetAttribute("value"));
    }

    /// <summary>As the law of an experiment advises: its rule goes on.</summary>
    [Fact]
    public void SizeAndTokens_OfAnExperiment_AreTrainedByItsRule()
    {
        var plan = ScalingExperiment.LayOut(new ExperimentOrder(), spec => TimeSpan.FromSeconds(0.01 * spec.Training.Steps))!;
        Runs.Add(TestRuns.Summary("largest", RunStatus.Completed) with { Group = plan.Group }, plan.Runs[^1].Spec);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?run=largest&size=300000&tokens=5000000");

        var page = Render<NewRunPage>();

        var expected = ExperimentRule.Next(plan.Runs[^1].Spec, 300_000, 5e6);
        Assert.Equal(expected.Model.EmbeddingSize.ToString(CultureInfo.InvariantCulture), page.Field("Width").GetAttribute("value"));
        Assert.Equal(expected.Training.Steps.ToString("N0", CultureInfo.InvariantCulture), page.Field("Steps").GetAttribute("value"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1e40")]
    public void Tokens_OutOfRange_AreLeftToTheDial(string tokens)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/new?size=3000000&tokens={tokens}");

        var page = Render<NewRunPage>();

        Assert.Equal(OneDial.OfSize(RunPresets.Quick.Spec, 3e6).Training.Steps.ToString("N0", CultureInfo.InvariantCulture), page.Field("Steps").GetAttribute("value"));
        Assert.DoesNotContain("NaN", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Preset_ThatNeedsAText_SaysSoAndStartsNothingUntilItIsThere()
    {
        var page = Render<NewRunPage>();

        page.Find("input[type=radio][value=shakespeare]").Change("shakespeare");
        var text = page.Text();
        var mayStart = !page.Button("Start training").HasAttribute("disabled");
        Library.Add("Tiny Shakespeare.txt", "First Citizen: speak.");
        var after = Render<NewRunPage>();
        after.Find("input[type=radio][value=shakespeare]").Change("shakespeare");
        after.Find("form").Submit();

        Assert.Contains("which does not come with the lab", text, StringComparison.Ordinal);
        Assert.False(mayStart);
        Assert.NotEqual("stories", Started(page).Data.Corpus);
    }

    [Fact]
    public void Sweep_OverAListAndARange_StartsAGroupAndOpensItsPage()
    {
        var page = Render<NewRunPage>();

        page.Button("Sweep over a setting").Click();
        var mayStart = !page.Button("Start training").HasAttribute("disabled");
        page.Field("Values of learningRate").Input("0.001, 0.002");
        var two = page.HasButton("Start 2 runs");
        page.Button("Another setting").Click();
        page.Field("Values of layerCount").Input("1..4:2");
        page.Find("form").Submit();

        Assert.False(mayStart); // a sweep without values is none yet
        Assert.True(two);
        Assert.Equal([(0.001, 1), (0.001, 4), (0.002, 1), (0.002, 4)], Runs.Started.Select(run => (run.Training.LearningRate, run.Model.LayerCount)));
        Assert.EndsWith($"/groups/{Runs.Started[0].Group!.Id}", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_NotUnderstood_IsToldBesideTheField()
    {
        var page = Render<NewRunPage>();

        page.Button("Sweep over a setting").Click();
        page.Field("Values of learningRate").Input("high");

        Assert.Contains("expected a number", page.ControlText("Values of learningRate"), StringComparison.Ordinal);
        Assert.True(page.Button("Start training").HasAttribute("disabled"));
    }

    [Fact]
    public void Model_InTheAddress_IsBegunWithInItsShapeAndTokenizer()
    {
        Runs.Add(TestRuns.Summary("earlier", RunStatus.Completed) with { HasCheckpoint = true }, RunPresets.Small.Spec);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?from=run/earlier@40");
        var page = Render<NewRunPage>();

        page.Find("form").Submit();

        var spec = Started(page);
        Assert.Equal(("run/earlier@40", 2, "theirs"), (spec.StartFrom, spec.Model.LayerCount, spec.Tokenizer.Id));
        Assert.Equal(RunPresets.Small.Spec.Training, spec.Training);
        Assert.DoesNotContain("Known shape", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Model_ThatIsDamaged_IsToldInWords()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/new?from=model/bad");

        Assert.Contains("The model is damaged.", Render<NewRunPage>().Text(), StringComparison.Ordinal);
    }

    /// <summary>The one run that the page started; a click may be answered a little later.</summary>
    private RunSpec Started(IRenderedComponent<NewRunPage> page)
    {
        page.WaitForState(() => Runs.Started.Count > 0, TimeSpan.FromSeconds(10));
        return Assert.Single(Runs.Started);
    }
}
