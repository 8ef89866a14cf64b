using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Inspection;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class AttentionViewTests : InspectContext
{
    [Fact]
    public void Page_OfAModel_ShowsEveryHeadAndItsTrueAttention()
    {
        var page = Open("?prompt=abcab");

        Assert.Equal(4, page.FindAll("[aria-label='All heads'] button").Count);
        var map = Map(page);
        Assert.Equal((6, 6), (map.Rows, map.Columns)); // the token that begins a document, and five
        for (var query = 0; query < 6; query++)
        {
            Assert.Equal(1, map[query].ToArray().Sum(), 1e-5);
            Assert.All(map[query][(query + 1)..].ToArray(), ahead => Assert.Equal(0, ahead));
        }

        page.WaitForAssertion(() => Assert.Contains("on repeats", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Head_Clicked_IsShownLargeAndStandsInTheAddress()
    {
        var page = Open("?prompt=abcab");
        var before = Map(page);

        page.InvokeAsync(() => page.Button("Layer 1, head 1").Click());

        page.WaitForAssertion(() => Assert.Contains("Layer 1, head 1", page.Find("#map-title").TextContent, StringComparison.Ordinal), Patience);
        page.WaitForAssertion(() => Assert.NotEqual(before.Values, Map(page).Values), Patience);
        Assert.Contains("layer=1&head=1", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Token_Clicked_TellsWhatItLooksAtAndWhatLooksAtIt()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.Find("[aria-label='What b looks at'] button:nth-child(3)").Click());

        page.WaitForAssertion(() => Assert.Single(page.FindAll("[aria-label='What b looks at'] button:nth-child(3).chosen")), Patience);
        Assert.Contains("token=2", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() =>
        {
            var lookedAtBy = page.FindAll("[aria-label='What looks at b'] button").Select(button => button.GetAttribute("title")!).ToList();
            Assert.EndsWith(" 0.0%", lookedAtBy[1], StringComparison.Ordinal); // nothing before it can
            Assert.False(lookedAtBy[2].EndsWith(" 0.0%", StringComparison.Ordinal));
        }, Patience);
    }

    [Fact]
    public void Heads_PutTogether_AreTheMeanAndTheGreatest()
    {
        var one = Open("?prompt=abcab&layer=1&head=0");
        var other = Open("?prompt=abcab&layer=1&head=1");
        var mean = Open("?prompt=abcab&layer=1&heads=mean");
        var greatest = Open("?prompt=abcab&layer=1&heads=max");

        for (var i = 0; i < 36; i++)
        {
            Assert.Equal((Map(one).Values[i] + Map(other).Values[i]) / 2, Map(mean).Values[i], 1e-6);
            Assert.Equal(Math.Max(Map(one).Values[i], Map(other).Values[i]), Map(greatest).Values[i]);
        }
    }

    [Fact]
    public void Beside_AHeadOrACheckpoint_ShowsBoth()
    {
        var head = Open("?prompt=abcab&beside-head=1.1", maps: 2);
        var step = Open("?prompt=abcab&beside=run%2Fr%40250", maps: 2);
        var both = Open("?prompt=abcab&beside=run%2Fr%40250&beside-head=1.1", maps: 2);

        Assert.Equal(Map(Open("?prompt=abcab&layer=1&head=1")).Values, Map(head, 1).Values);
        Assert.Equal(Map(Open("?prompt=abcab&model=run%2Fr%40250")).Values, Map(step, 1).Values);
        Assert.NotEqual(Map(step, 0).Values, Map(step, 1).Values);
        Assert.Equal(Map(Open("?prompt=abcab&model=run%2Fr%40250&layer=1&head=1")).Values, Map(both, 1).Values);
        Assert.Contains("Layer 1, head 1, step 250", both.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Beside_AnotherRun_IsChosenFromTheListWithItsCheckpointAndHead()
    {
        Runs.Add(TestRuns.Summary("other", RunStatus.Running) with { HasCheckpoint = true, Name = "The other" });
        var page = Open("?prompt=abcab&model=run%2Fr%40250");

        Choose(page, "Beside it", "run/other");
        page.WaitForAssertion(() => Assert.Contains("Layer 0, head 0, step 500", page.Text(), StringComparison.Ordinal), Patience);
        Choose(page, "Its checkpoint", "250");
        page.WaitForAssertion(() => Assert.Contains("Layer 0, head 0, step 250", page.Text(), StringComparison.Ordinal), Patience);
        Choose(page, "Its head", "1.0");

        page.WaitForAssertion(() => Assert.Contains("Layer 1, head 0, step 250", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("beside=run/other@250&beside-head=1.0", Uri.UnescapeDataString(Address), StringComparison.Ordinal);
        Choose(page, "Beside it", "");
        page.WaitForAssertion(() => Assert.Single(page.FindComponents<HeatmapChart>()), Patience);
    }

    [Fact]
    public void Row_OfTheMapClicked_IsTheTokenInView()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.FindComponent<HeatmapChart>().Instance.OnRowChosen.InvokeAsync(2));

        page.WaitForAssertion(() => Assert.Contains("token=2", Address, StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Heads_MeasuredOnValidationText_HaveOtherFigures()
    {
        var page = Open("?prompt=abcab");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[aria-labelledby=figures-title] tbody tr")), Patience);
        var learned = Figures();

        page.InvokeAsync(() => page.FindAll("[aria-label='Text to measure on'] button, [aria-label='Text to measure on'] .mud-toggle-item").Single(item => item.TextContent.Contains("validated", StringComparison.Ordinal)).Click());

        page.WaitForAssertion(() => Assert.Contains("sample=validation", Address, StringComparison.Ordinal), Patience);
        page.WaitForAssertion(() => Assert.NotEqual(learned, Figures()), Patience);

        string Figures() => page.Find("[aria-labelledby=figures-title] tbody").TextContent;
    }

    [Fact]
    public void Arcs_OfAToken_AreDrawnForWhatItLooksAt()
    {
        var page = Open("?prompt=abcab&drawing=arcs&token=4");

        Assert.NotEmpty(page.FindAll("svg path.strong"));
        Assert.Equal(12, page.FindAll("svg[data-picture] text").Count);
    }

    [Fact]
    public void LongPrompt_IsShownInWindows()
    {
        var page = Open("?prompt=" + new string('a', 150));

        Assert.Equal(TokenWindow.Most, Map(page).Rows);
        Assert.Contains("tokens 0 to 127 of 151", page.Text(), StringComparison.Ordinal);
        page.InvokeAsync(() => page.Button("Later tokens").Click());
        page.WaitForAssertion(() => Assert.Contains("tokens 23 to 150 of 151", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("goes to tokens outside of this window", page.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The prompt is empty")]
    [InlineData("%EF%BF%BD", "bytes that are no text")]
    public void Prompt_ThatIsOdd_IsAnsweredInWords(string prompt, string words) => Assert.Contains(words, Open("?prompt=" + prompt).Text(), StringComparison.Ordinal);

    [Fact]
    public void Prompt_LongerThanTheContext_IsCutAndSaysSo()
    {
        var page = Open("?prompt=" + new string('a', 170));

        Assert.Contains("The prompt has 170 tokens. The model reads 159 after the token that begins a document, so the last 11 are left out.", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_Scrubbed_IsReadAndStandsInTheAddress()
    {
        var page = Open("?prompt=abcab");
        var newest = Map(page);

        page.InvokeAsync(() => page.Find("input[type=range][aria-label=Checkpoint]").Input("0"));

        page.WaitForAssertion(() => Assert.NotEqual(newest.Values, Map(page).Values), Patience);
        Assert.Contains("model=run%2Fr@250", Address, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains("step 250 · 1 of 2", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Film_Played_GoesThroughTheCheckpointsToTheLast()
    {
        var page = Open("?prompt=abcab&model=run%2Fr%40250");

        page.InvokeAsync(() => page.Button("Play the film of the training").Click());

        page.WaitForAssertion(() => Assert.Contains("step 500 · 2 of 2", page.Text(), StringComparison.Ordinal), Patience);
        page.WaitForAssertion(() => Assert.True(page.HasButton("Play the film of the training")), Patience);
    }

    [Fact]
    public void Newest_WhileTheRunTrains_FollowsItsCheckpoints()
    {
        var page = Open("?prompt=abcab");
        var before = Map(page);

        Models.Checkpoints = [250, 500, 750];

        page.WaitForAssertion(() => Assert.NotEqual(before.Values, Map(page).Values), Patience);
        page.WaitForAssertion(() => Assert.Contains("step 750 · 3 of 3", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Model_ThatCannotBeUsed_SaysWhy()
    {
        Models.Refusal = new ModelUnavailableException("Every checkpoint of the run is damaged.");
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { HasCheckpoint = true });

        var page = Render<InspectPage>();

        page.WaitForAssertion(() => Assert.Contains("Every checkpoint of the run is damaged.", page.Text(), StringComparison.Ordinal), Patience);
    }

    [Fact]
    public void Lab_WithoutAModel_SaysWhatToDo()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Preparing));

        Assert.Contains("No model to look into yet", Render<InspectPage>().Text(), StringComparison.Ordinal);
    }

    private IRenderedComponent<InspectPage> Open(string query, int maps = 1)
    {
        var page = OpenView("attention", query);
        page.WaitForAssertion(() => Assert.Equal(maps, page.FindComponents<HeatmapChart>().Count), Patience);
        return page;
    }

    private static void Choose(IRenderedComponent<InspectPage> page, string label, string choice)
    {
        page.WaitForAssertion(() => Assert.Contains(page.FindComponents<MudSelect<string>>(), select => select.Instance.Label == label), Patience);
        page.InvokeAsync(() => page.FindComponents<MudSelect<string>>().Single(select => select.Instance.Label == label).Instance.ValueChanged.InvokeAsync(choice));
    }

    private static ActivationTable Map(IRenderedComponent<InspectPage> page, int index = 0) => page.FindComponents<HeatmapChart>()[index].Instance.Table;
}
