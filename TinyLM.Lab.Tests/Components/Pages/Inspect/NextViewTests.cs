using System.Globalization;
using Bunit;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class NextViewTests : InspectContext
{
    [Fact]
    public void Candidates_OfTheLastToken_AreTheLikeliestFirst()
    {
        var page = Open("?prompt=abcab");

        var probabilities = Column(page, 3);
        Assert.Equal(25, probabilities.Count);
        Assert.Equal(probabilities.OrderDescending(), probabilities);
        Assert.Equal(probabilities, Column(page, 4)); // at temperature 1 and without filters the same
        Assert.Contains("Mean over 5 tokens: surprise", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sliders_Moved_ChangeWhatIsDrawnFrom()
    {
        var page = Open("?prompt=abcab");
        var before = Column(page, 4);

        page.InvokeAsync(() => page.FindAll(".sliders input")[0].Input("0.5"));
        page.WaitForAssertion(() => Assert.True(Column(page, 4)[0] > before[0]), Patience);
        page.InvokeAsync(() => page.FindAll(".sliders input")[1].Input("3"));
        page.WaitForAssertion(() => Assert.Equal(22, page.FindAll("tr.dropped").Count), Patience);

        Assert.Contains("temperature=0.5", Address, StringComparison.Ordinal);
        Assert.Contains("top-k=3", Address, StringComparison.Ordinal);
        Assert.Equal(before, Column(page, 3)); // what the model says stays
    }

    [Fact]
    public void Token_Clicked_ShowsWhatWasExpectedThereAndWhatCame()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.FindAll("[aria-label='Tokens of the prompt'] button")[1].Click());

        page.WaitForAssertion(() => Assert.Contains("✓ is the token that the prompt goes on with", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("token=1", Address, StringComparison.Ordinal);
        Assert.Contains("surprise", page.FindAll("[aria-label='Tokens of the prompt'] button")[1].GetAttribute("title"), StringComparison.Ordinal);
        Assert.Contains("nothing comes before", page.FindAll("[aria-label='Tokens of the prompt'] button")[0].GetAttribute("title"), StringComparison.Ordinal);
    }

    [Fact]
    public void Shade_Chosen_ChangesTheColours()
    {
        var surprise = Styles(Open("?prompt=abcab"));
        var doubt = Styles(Open("?prompt=abcab&shade=entropy"));

        Assert.Null(surprise[0]);
        Assert.NotEqual(surprise, doubt);
    }

    private IRenderedComponent<InspectPage> Open(string query)
    {
        var page = OpenView("next", query);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("tbody tr")), Patience);
        return page;
    }

    private static List<string?> Styles(IRenderedComponent<InspectPage> page) => [.. page.FindAll("[aria-label='Tokens of the prompt'] button").Select(button => button.GetAttribute("style"))];

    private static List<double> Column(IRenderedComponent<InspectPage> page, int column) =>
        [.. page.FindAll($"tbody tr > :nth-child({column + 1})").Select(cell => double.TryParse(cell.TextContent.TrimEnd('%'), CultureInfo.InvariantCulture, out var value) ? value : 0)];
}
