using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Scaling;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class ExperimentViewTests : ComponentContext
{
    private static readonly ParametricLaw s_law = new(0.5, 40, 90, 0.35, 0.35);

    [Fact]
    public async Task Layout_IsShownWithItsTotalAndLaunchedAsAGroup()
    {
        var page = Open("?minutes=60");

        Assert.Contains("20 runs, 59 min", page.Text(), StringComparison.Ordinal);
        Assert.Equal(20, page.FindAll("[aria-labelledby=runs-title][role=region] tbody tr").Count);
        await page.Button("Start 20 runs").ClickAsync(new());

        Assert.Equal(20, Runs.Started.Count);
        var group = Assert.Single(Runs.Started.Select(spec => spec.Group!.Id).Distinct());
        Assert.EndsWith($"/scaling/experiment?group={group}", Address, StringComparison.Ordinal);
        Assert.Contains("0 of 20 runs have ended", page.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?minutes=0", "The time is 0 minutes; it must be between 1 and 20,160")]
    [InlineData("?minutes=-3", "The time is -3 minutes")]
    [InlineData("?minutes=1e40", "minutes; it must be between 1 and 20,160")]
    [InlineData("?minutes=many", "The time is no number")]
    [InlineData("?minutes=", "The time is no number")]
    public void Time_OutOfRange_IsAnsweredInWords(string query, string words)
    {
        var page = Open(query);

        Assert.Contains(words, page.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page.Text(), StringComparison.Ordinal);
        Assert.Empty(page.FindAll("[aria-labelledby=runs-title]"));
    }

    [Fact]
    public void Kind_Changed_StandsInTheAddressAndSaysItsRule()
    {
        Assert.Contains("4 computes, each 2.2 times the one before", Open("").Text(), StringComparison.Ordinal);
        Assert.Contains("5 sizes next to the guessed best, each on 4 amounts of text", Open("?layout=grid").Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Device_ThatCannotTrain_IsSaidAndNothingStarts()
    {
        Devices.Current = FakeDeviceCatalog.Broken;

        var page = Open("?minutes=60");

        Assert.Contains("GLIBCXX_3.4.32 is missing", page.Text(), StringComparison.Ordinal);
        Assert.True(page.Button("Start 20 runs").HasAttribute("disabled"));
    }

    [Fact]
    public void Experiment_ThatIsDone_IsFittedAndAdvisesTheNextRun()
    {
        var group = AddExperiment(RunStatus.Completed);

        var page = Open($"?group={group}");
        page.WaitForAssertion(() => Assert.Contains("Your next run:", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(60));

        var text = page.Text();
        Assert.Contains("20 of 20 runs have ended.", text, StringComparison.Ordinal);
        Assert.Contains("The entropy of this text's source is known: 0.500", text, StringComparison.Ordinal);
        Assert.Contains("the line through the lowest places: N ∝ C^", text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2 * ScalingExperiment.Computes, page.FindComponents<LawPlot>().Single(plot => plot.Instance.Id == "equal-plot").Instance.Curves.Count);
        Assert.Contains("/new?run=run", page.FindAll("[aria-labelledby=next-title] a")[0].GetAttribute("href"), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiment_UnderWay_TellsHowFarItIsAndCanBeStopped()
    {
        var group = AddExperiment(RunStatus.Queued);
        var page = Open($"?group={group}");

        Assert.Contains("0 of 20 runs have ended; about", page.Text(), StringComparison.Ordinal);
        Assert.True(page.Button("Fit a law to the runs that are done").HasAttribute("disabled"));
        await page.Button("Stop the experiment").ClickAsync(new());

        Assert.Equal(20, Runs.Commands.Count(command => command.StartsWith("stop ", StringComparison.Ordinal)));
        page.WaitForAssertion(() => Assert.Contains("20 of 20 runs have ended, 20 of them without a loss.", page.Text(), StringComparison.Ordinal));
    }

    [Fact]
    public void Experiment_ThatIsNotThere_IsSaid() => Assert.Contains("There is no such experiment", Open("?group=experiment-gone").Text(), StringComparison.Ordinal);

    private string AddExperiment(RunStatus status)
    {
        var plan = ScalingExperiment.LayOut(new ExperimentOrder(), spec => TimeSpan.FromSeconds(0.01 * spec.Training.Steps))!;
        foreach (var (index, run) in plan.Runs.Index())
            Runs.Add(TestRuns.Summary($"run{index}", status) with { Name = run.Spec.Name, ParameterCount = (long)run.Place.Parameters, Tokens = (long)run.Place.Tokens, ValidationLoss = status == RunStatus.Completed ? s_law.Loss(run.Place) : null, EntropyFloor = 0.5, Group = plan.Group }, run.Spec);
        return plan.Group.Id;
    }

    private IRenderedComponent<ScalingPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/scaling/experiment" + query);
        return Render<ScalingPage>(page => page.Add(scaling => scaling.View, "experiment"));
    }
}
