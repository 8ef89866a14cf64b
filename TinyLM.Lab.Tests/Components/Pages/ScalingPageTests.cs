using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Scaling;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class ScalingPageTests : ComponentContext
{
    [Fact]
    public void Calculator_WithoutAQuestion_AnswersChinchillas()
    {
        var page = Open("");

        Assert.Equal("70B", page.Field("Parameters").GetAttribute("value"));
        Assert.Contains("Compute 5.88e23", page.Text(), StringComparison.Ordinal);
        Assert.Contains("Loss 1.973", page.Text(), StringComparison.Ordinal);
        Assert.Contains("About compute-optimal by Epoch's refit", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Calculator_OfGpt3_SaysThatItIsUnderTrained()
    {
        var text = Open("?n=175B&d=300B").Text();

        Assert.Contains("Under-trained", text, StringComparison.Ordinal);
        Assert.Contains("of the compute is wasted", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Field_Changed_StandsInTheAddressWithTheOthers()
    {
        var page = Open("");

        page.Field("Tokens").Input("15T");

        Assert.Contains("n=70B", Address, StringComparison.Ordinal);
        Assert.Contains("d=15T", Address, StringComparison.Ordinal);
        Assert.Contains("Over-trained", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fits_StandSideBySideWithTheirRanges()
    {
        var rows = Open("?c=5.76e23").FindAll("[aria-labelledby=fits-title][role=region] tbody tr").Select(row => string.Join(' ', row.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();

        Assert.Equal(ScalingFits.All.Count, rows.Count);
        Assert.Contains(rows, row => row.StartsWith("Epoch's refit 72.4B 1.33T 18.3 0.513 0.478 to 0.548", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("Approach 3, constants as printed 32.2B 2.98T 92.6", StringComparison.Ordinal));
    }

    [Fact]
    public void Pictures_HaveThePointAndTheLawsLowestPlaces()
    {
        var page = Open("?c=1e20&law=hoffmann");

        var (isoFlops, isoLosses) = (page.FindComponents<LawPlot>()[0].Instance.Curves, page.FindComponents<LawPlot>()[1].Instance.Curves);
        var best = ScalingFits.HoffmannPrinted.Optimum.ForCompute(1e20);
        Assert.Equal(best.Parameters, isoFlops.Single(curve => curve.Name == "yours").Points[0].X, best.Parameters / 1e9);
        Assert.All(isoFlops.Where(curve => curve.Look == LawCurveLook.Line), curve => Assert.True(curve.Points.Count > 20));
        Assert.Equal(best.Tokens, isoLosses.Single(curve => curve.Name == "yours").Points[0].Y, best.Tokens / 1e9);
        Assert.Contains(isoLosses, curve => curve.Look == LawCurveLook.Contour);
        Assert.All(isoFlops.Concat(isoLosses).SelectMany(curve => curve.Points), point => Assert.True(double.IsFinite(point.X) && double.IsFinite(point.Y) && point is { X: > 0, Y: > 0 }));
    }

    [Fact]
    public void Runs_ThatAreFinished_StandInThePicturesWhereTheyAreInSight()
    {
        Runs.Add(TestRuns.Summary("done", RunStatus.Completed) with { ParameterCount = 1_000_000, Tokens = 20_000_000, ValidationLoss = 1.2 });
        Runs.Add(TestRuns.Summary("running", RunStatus.Running) with { ParameterCount = 2_000_000, Tokens = 20_000_000, ValidationLoss = 2 });

        var near = Open("?n=2M&d=20M").FindComponents<LawPlot>();
        Assert.Equal([(1e6, 1.2)], near[0].Instance.Curves.Single(curve => curve.Name == "runs of this lab").Points);
        Assert.Equal([(1e6, 20e6)], near[1].Instance.Curves.Single(curve => curve.Name == "runs of this lab").Points);

        Assert.DoesNotContain("runs of this lab", Open("?n=70B&d=1.4T").FindComponents<LawPlot>().SelectMany(plot => plot.Instance.Curves.Select(curve => curve.Name)));
    }

    [Theory]
    [InlineData("?n=0&d=1e9", "Parameters are 0; it must be a number from 1")]
    [InlineData("?n=-1&d=1e9", "Parameters are -1;")]
    [InlineData("?n=1e40&d=1e9", "Parameters are 1e40;")]
    [InlineData("?n=&d=&c=&l=", "Nothing is given yet")]
    [InlineData("?n=many&d=1e9", "“many” is not a number.")]
    [InlineData("?n=1e9&d=NaN", "“NaN” is not a number.")]
    [InlineData("?n=1e400&d=1e9", "Parameters are no finite number;")]
    [InlineData("?c=1e20&l=1.2", "No model gets to a loss of 1.2 by this law")]
    [InlineData("?n=1&d=1", "Under-trained")]
    [InlineData("?n=1e18&d=1", "Under-trained")]
    [InlineData("?n=1&d=1e21", "Over-trained")]
    public void Question_OutOfRange_IsAnsweredInWords(string query, string words)
    {
        var text = Open(query).Text();

        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain(" NaN ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ComputeAndLoss_HaveTwoAnswers() =>
        Assert.Contains("a larger model, trained more briefly", Open("?c=1e20&l=2.8").Text(), StringComparison.Ordinal);

    /// <summary>24 hours of an H100 at 40% of 989 TFLOP/s.</summary>
    [Fact]
    public void Budget_OfADay_IsAskedForItsBestUse()
    {
        var page = Open("");

        Assert.Contains("3.42e19 operations.", page.Text(), StringComparison.Ordinal);
        page.Button("Ask for its best use").Click();

        Assert.Contains("c=3.418e19", Address, StringComparison.Ordinal);
        Assert.DoesNotContain("n=", new Uri(Address).Query, StringComparison.Ordinal);
        Assert.Contains("About compute-optimal", page.Text(), StringComparison.Ordinal);
        page.Field("Amount").Input("0");
        Assert.Contains("All of these must be above 0", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Budget_Changed_StandsInTheAddressAndComesBack()
    {
        var page = Open("");
        page.Field("Amount").Input("100");
        page.Field("Utilisation (%)").Input("50");

        Assert.Contains("amount=100", Address, StringComparison.Ordinal);
        Assert.Contains("mfu=50", Address, StringComparison.Ordinal);
        Assert.Contains("1.78e20 operations.", Render<ScalingPage>().Text(), StringComparison.Ordinal); // 100 h · 3600 · 989e12 · 0.5
    }

    [Theory]
    [InlineData("?amount=0")]
    [InlineData("?amount=-5")]
    [InlineData("?amount=1e40")]
    [InlineData("?mfu=0")]
    [InlineData("?mfu=1e40")]
    [InlineData("?spend=money&price=0")]
    public void Budget_OutOfRange_IsAnsweredInWords(string query)
    {
        var text = Open(query).Text();

        Assert.Contains("All of these must be above 0", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void PapersTable_IsAsPrintedWithItsMisprintsAtItsFoot()
    {
        var text = Open("").Text();

        Assert.Contains("175B 6.7 3.85e24 3.7T 4.54e24 4.3T 1.26e24 12.0T 3", text, StringComparison.Ordinal);
        Assert.Contains("10T 22515.9 1.30e28 216.2T 1.75e28 292.0T 8.55e28 1425.5T", text, StringComparison.Ordinal);
        Assert.Contains("Printed as 1.26e24; 6ND is 1.26e25.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_KeepWhatStandsInTheAddress()
    {
        var page = Open("?n=8B&d=15T");

        Assert.Equal("/scaling/model?n=8B&d=15T", page.Button("A model's arithmetic").GetAttribute("href"));
        page.Field("Tokens").Input("1T");
        Assert.Contains("d=1T", page.Button("Attention and length").GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Arithmetic_OfAShape_UnfoldsIntoFormulaFiguresAndSource()
    {
        var page = Open("?shape=llama3-8b", "model");

        var attention = page.FindAll("details").Single(details => details.QuerySelector("summary")!.TextContent.Contains("Attention", StringComparison.Ordinal)).TextContent;
        Assert.Contains("L · (2C² + 2CK)", attention, StringComparison.Ordinal);
        Assert.Contains("32 · (2 · 4,096² + 2 · 4,096 · 1,024)", attention, StringComparison.Ordinal);
        Assert.Contains("1,342,177,280", attention, StringComparison.Ordinal);
        Assert.Contains("8,030,261,248", page.Text(), StringComparison.Ordinal);
        Assert.Contains("Llama 3 8B 1.3M 700 910 387 390", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Arithmetic_Changed_StandsInTheAddressAndComesBack()
    {
        var page = Open("", "model");

        page.Field("Layers").Input("24");
        page.WaitForAssertion(() => Assert.Contains("layers=24", Address, StringComparison.Ordinal));
        var count = page.Text();

        Assert.Contains("width=768", Address, StringComparison.Ordinal);
        Assert.Equal(count, Render<ScalingPage>(one => one.Add(scaling => scaling.View, "model")).Text());
    }

    [Theory]
    [InlineData("?layers=0", "Layers are 0")]
    [InlineData("?heads=0", "Heads are 0")]
    [InlineData("?tokens=1e40", "Tokens are 1e40")]
    [InlineData("?mfu=0", "Utilisation is 0%")]
    [InlineData("?devices=-3", "Devices are -3")]
    [InlineData("?width=abc", "124,439,808")]
    public void Arithmetic_OutOfRange_IsAnsweredInWords(string query, string words)
    {
        var text = Open(query, "model").Text();

        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_OfALength_TellsItsPartAndWhereItOvertakes()
    {
        var page = Open("?aw=768&length=9216", "attention");

        Assert.Contains("At 9,216 tokens attention over all earlier tokens is 50% of the block's operations. It is the larger part from 9,216 tokens on", page.Text(), StringComparison.Ordinal);
        Assert.Equal(2, page.FindComponents<LawPlot>().Count);
        page.Field("Length").Input("0");
        Assert.Contains("0: it must be between 1 and 10,000,000.", page.Text(), StringComparison.Ordinal);
    }

    private IRenderedComponent<ScalingPage> Open(string query, string? view = null)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/scaling{(view is null ? "" : $"/{view}")}{query}");
        return Render<ScalingPage>(page => page.Add(scaling => scaling.View, view));
    }
}
