using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Compare;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class ComparePageTests : ComponentContext
{
    public ComparePageTests()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Completed) with { Name = "Slow" }, Rate(1e-3)).Train(200);
        Runs.Add(TestRuns.Summary("b", RunStatus.Running) with { Name = "Fast" }, Rate(4e-3)).Train(300);
        Runs.Add(TestRuns.Summary("c", RunStatus.Completed) with { Name = "Other" });
    }

    [Fact]
    public void Compare_TwoRuns_DrawsEachInItsColour()
    {
        var page = Open("?runs=a,b");

        var series = page.FindComponents<CurveChart>().First(chart => chart.Instance.Id == "compare-loss").Instance.Series;

        Assert.Equal(["Slow", "Slow, validation", "Fast", "Fast, validation"], series.Select(one => one.Name));
        Assert.Equal([0, 0, 1, 1], series.Select(one => one.Color));
        Assert.Equal(300, series[2].Curve.Count);
    }

    [Fact]
    public void Compare_Settings_ShowsDifferencesOnlyUnlessAsked()
    {
        var differences = Rows(Open("?runs=a,b"), "Settings");
        var all = Rows(Open("?runs=a,b&all=true"), "Settings");

        Assert.Equal(["training.learningRate 0.001 0.004"], differences);
        Assert.Contains($"training.steps {RunPresets.Quick.Spec.Training.Steps} {RunPresets.Quick.Spec.Training.Steps}", all);
    }

    [Fact]
    public void Compare_WithAPinnedRun_TellsHowFarTheOthersAre()
    {
        var page = Open("?runs=a,b&baseline=a");

        var expected = (TestRuns.Evaluation(300).Loss - TestRuns.Evaluation(200).Loss).ToString("+0.000;−0.000", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(expected, Rows(page, "Results")[1], StringComparison.Ordinal);
        Assert.Contains("× 1.5", Rows(page, "Results")[1], StringComparison.Ordinal); // steps
        Assert.DoesNotContain("×", Rows(page, "Results")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Pin_AndLeaveOut_StandInTheAddress()
    {
        var page = Open("?runs=a,b");

        page.Button("Measure against Fast").Click();
        var pinned = Address;
        page.Button("Leave out Slow").Click();

        Assert.EndsWith("/compare?runs=a,b&baseline=b", Uri.UnescapeDataString(pinned), StringComparison.Ordinal);
        Assert.EndsWith("/compare?runs=b&baseline=b", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ARun_StandsInTheAddress()
    {
        var page = Open("?runs=a");

        page.Find("[aria-label='Add a run']").Change("c");

        Assert.EndsWith("/compare?runs=a,c", Uri.UnescapeDataString(Address), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_RunThatIsGone_SaysSoAndShowsTheOthers()
    {
        var text = Open("?runs=a,nothing").Text();

        Assert.Contains("There is no run nothing", text, StringComparison.Ordinal);
        Assert.Contains("Compare 1 run", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_WithoutRuns_SaysWhatToDo()
    {
        Assert.Contains("Select runs in the list", Open("").Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Chosen_StandInTheAddressAndReachTheCurves()
    {
        var page = Open("?runs=a,b&x=tokens&unit=bits&smooth=0&zoom=1000,2000");

        var chart = page.FindComponents<CurveChart>().First(one => one.Instance.Id == "compare-loss").Instance;
        var drawn = (chart.Look.Axis, chart.Look.Unit, chart.Window, chart.Series[0].Curve.Points[^1].X);
        page.Find("[aria-label='Horizontal axis']").Change("Time");

        Assert.Equal((HorizontalAxis.Tokens, "bits per byte", new ZoomWindow(1000, 2000), 200 * 2048), drawn);
        Assert.EndsWith("/compare?runs=a,b&x=time&unit=bits&smooth=0", Uri.UnescapeDataString(Address), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colour_ChosenByAPerson_IsKeptWithTheRunAndNotGivenToAnother()
    {
        await Runs.ChangeNotesAsync("b", notes => notes with { Color = 0 }, Xunit.TestContext.Current.CancellationToken);
        var page = Open("?runs=a,b");
        var before = Colors(page);

        page.Button("Colour of Slow").Click();
        Popovers.WaitForElements(".mud-menu-item").First(item => item.TextContent.Trim() == "colour 6").Click();

        Assert.Equal([1, 1, 0, 0], before);
        page.WaitForAssertion(() => Assert.Equal([5, 5, 0, 0], Colors(page)), TimeSpan.FromSeconds(10));
        Assert.Equal(5, Runs.Find("a")!.Color);
    }

    [Fact]
    public void Groups_BySetting_ShareAColourAndHaveTheirMean()
    {
        Runs.Add(TestRuns.Summary("d", RunStatus.Completed) with { Name = "Slow too" }, Rate(1e-3)).Train(300);

        var page = Open("?runs=a,b,d&color=training.learningRate");

        Assert.Equal([0, 0, 0, 0, 1, 1], Colors(page));
        var rows = Rows(page, "Results");
        Assert.StartsWith("learningRate 0.001: mean of 2", rows[0], StringComparison.Ordinal);
        var expected = (TestRuns.Evaluation(200).Loss + TestRuns.Evaluation(300).Loss) / 2;
        Assert.Contains(FormattableString.Invariant($"{expected:0.000} ± "), rows[0], StringComparison.Ordinal);
    }

    [Fact]
    public void ManyRuns_AreThereBeforeTheirCurves()
    {
        for (var index = 0; index < 20; index++) Runs.Add(TestRuns.Summary($"many-{index}", RunStatus.Completed) with { Name = $"Many {index}", ValidationLoss = 2 }).Train(50);

        var page = Open("?runs=" + string.Join(',', Enumerable.Range(0, 20).Select(index => $"many-{index}")));

        Assert.Equal(20, Rows(page, "Results").Count);
        Assert.Contains("The curves of 20 runs are being read", page.Text(), StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.DoesNotContain("are being read", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.All(page.FindComponents<CurveChart>().First(chart => chart.Instance.Id == "compare-loss").Instance.Series, series => Assert.Equal(50, series.Curve.Count));
    }

    private static IEnumerable<int?> Colors(IRenderedComponent<ComparePage> page) => page.FindComponents<CurveChart>().First(chart => chart.Instance.Id == "compare-loss").Instance.Series.Select(series => series.Color);

    private IRenderedComponent<ComparePage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/compare" + query);
        return Render<ComparePage>();
    }

    private static List<string> Rows(IRenderedComponent<ComparePage> page, string title) =>
    [
        .. page.FindAll("section").Single(section => section.QuerySelector("h2")?.TextContent == title).QuerySelectorAll("tbody tr")
            .Select(row => string.Join(' ', row.QuerySelectorAll("th, td").Select(cell => cell.TextContent.Trim()))),
    ];

    private static RunSpec Rate(double rate) => RunPresets.Quick.Spec with { Training = RunPresets.Quick.Spec.Training with { LearningRate = rate } };
}
