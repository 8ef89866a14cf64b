using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Scaling;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using TinyLM.Model.Scaling;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class FitViewTests : ComponentContext
{
    private static readonly ParametricLaw s_law = new(0.9, 30, 60, 0.4, 0.35);
    private static readonly GroupSpec s_group = new() { Id = "sizes", Name = "Sizes and tokens", Settings = ["model.layerCount"] };

    private static IEnumerable<ScalingPoint> Places => from size in Enumerable.Range(0, 5) from text in Enumerable.Range(0, 4) select new ScalingPoint(Math.Round(1e5 * Math.Pow(2, size)), Math.Round(1e6 * Math.Pow(3, text)));

    [Fact]
    public async Task Runs_OfAGroup_AreFittedAndEachStandsBesideTheLaw()
    {
        foreach (var (index, place) in Places.Index())
            Runs.Add(TestRuns.Summary($"run{index}", RunStatus.Completed) with { Name = $"Run {index}", ParameterCount = (long)place.Parameters, Tokens = (long)place.Tokens, ValidationLoss = s_law.Loss(place), EntropyFloor = 0.9, Group = s_group });
        Runs.Add(TestRuns.Summary("other", RunStatus.Running));
        var page = Open("");

        Assert.Contains("20 points, from 100k to 1.6M parameters", page.Text(), StringComparison.Ordinal);
        await page.Button("Fit a law").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("Your next run:", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        var text = page.Text();
        Assert.Contains("The entropy of this text's source is known: 0.900", text, StringComparison.Ordinal);
        Assert.Contains("Run 19 1.6M 27M", text, StringComparison.Ordinal);
        Assert.Equal(20, page.FindComponent<LawPlot>().Instance.Curves.Single(curve => curve.Name == "measured").Points.Count);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_Written_IsFitted()
    {
        var page = Open("?points=table");

        Assert.True(page.Button("Fit a law").HasAttribute("disabled"));
        page.Field("Table").Input("n,d,loss\n" + string.Join('\n', Places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Parameters},{place.Tokens},{s_law.Loss(place)}"))));
        await page.Button("Fit a law").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("L = 0.", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        page.Field("Leave out").Input("2");
        Assert.Contains("18 points", page.Text(), StringComparison.Ordinal);
        Assert.Contains("drop=2", Address, StringComparison.Ordinal);
        await page.Button("Fit a law").ClickAsync(new());
        page.WaitForAssertion(() => Assert.Contains("L = 0.", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        Assert.Contains("0.4667", page.Text(), StringComparison.Ordinal); // β / (α + β) is 0.35 / 0.75
    }

    [Fact]
    public void Table_ThatIsShort_StandsInTheAddressAndComesBack()
    {
        var table = "n,d,loss\n" + string.Join('\n', Places.Take(8).Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Parameters},{place.Tokens},{s_law.Loss(place):0.000}")));
        Open("?points=table").Field("Table").Input(table);

        Assert.Contains("table=n%2Cd%2Closs", Address, StringComparison.Ordinal);
        var again = Render<ScalingPage>(page => page.Add(scaling => scaling.View, "fit"));
        Assert.Contains("8 points", again.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_ThatIsLong_IsSaidNotToStandInTheAddress()
    {
        var page = Open("?points=table");

        page.Field("Table").Input("n,d,loss\n" + string.Join('\n', Enumerable.Range(1, 300).Select(i => $"{i}000,{i}000,3")));

        Assert.DoesNotContain("table=n", Address, StringComparison.Ordinal);
        Assert.Contains("300 points", page.Text(), StringComparison.Ordinal);
        Assert.Contains("The address of this page holds tables of up to 2,000 characters", page.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b\n1,2", "The table, line 1, names the columns a, b")]
    [InlineData("n,d,loss\n1e6,0,3", "The table, line 2, has “0” as d")]
    public void Table_ThatIsNone_IsToldInWords(string table, string words)
    {
        var page = Open("?points=table");

        page.Field("Table").Input(table);

        Assert.Contains(words, page.Text(), StringComparison.Ordinal);
        Assert.True(page.Button("Fit a law").HasAttribute("disabled"));
    }

    [Fact]
    public async Task Points_ThatCannotTell_AreToldInWords()
    {
        var page = Open("?points=table");

        page.Field("Table").Input("n,d,loss\n" + string.Join('\n', Enumerable.Range(1, 8).Select(i => $"1000,{i}000,3")));
        await page.Button("Fit a law").ClickAsync(new());

        page.WaitForAssertion(() => Assert.Contains("All points have the same size or the same tokens", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }

    private IRenderedComponent<ScalingPage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/scaling/fit" + query);
        return Render<ScalingPage>(page => page.Add(scaling => scaling.View, "fit"));
    }
}
