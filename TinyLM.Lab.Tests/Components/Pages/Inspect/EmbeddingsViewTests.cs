using Bunit;
using TinyLM.Lab.Components.Charts;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class EmbeddingsViewTests : InspectContext
{
    [Fact]
    public void Map_OfAModel_HasAPointForEveryToken()
    {
        var page = Open("?prompt=abcab");
        var points = page.FindComponent<PointMap>().Instance.Points;

        Assert.Equal(257, points.Count);
        Assert.Contains(points, point => point is { Name: "b", IsMarked: true }); // the prompt's last
        Assert.Contains("of the spread", page.FindComponent<PointMap>().Instance.Axes.X, StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbour_Clicked_IsLookedAtNext()
    {
        var page = Open("?prompt=abcab&word=q");
        var first = page.Find("ol.near button").TextContent;

        page.InvokeAsync(() => page.Find("ol.near button").Click());

        page.WaitForAssertion(() => Assert.Contains($"that of {first} points", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("word=", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Point_Clicked_IsLookedAtNext()
    {
        var page = Open("?prompt=abcab");
        var map = page.FindComponent<PointMap>().Instance;

        page.InvokeAsync(() => map.OnChosen.InvokeAsync(map.Points.Single(point => point.Name == "q")));

        page.WaitForAssertion(() => Assert.Contains("that of q points", page.Text(), StringComparison.Ordinal), Patience);
        Assert.Contains("word=q", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Sum_OfTokens_FindsWhatIsNearest()
    {
        var page = Open("?prompt=abcab&sum=x%20-%20y%20%2B%20zz");

        Assert.Contains("“zz” is 2 tokens; its first, z, stands for it.", page.Text(), StringComparison.Ordinal);
        var names = page.FindAll("ol.near")[1].QuerySelectorAll("button").Select(button => button.TextContent).ToList();
        Assert.Equal(12, names.Count);
        Assert.DoesNotContain("x", names);
    }

    [Fact]
    public void Positions_Learned_ShowTheirSimilarity()
    {
        var page = Open("?prompt=abcab");

        var similarity = page.FindComponent<HeatmapChart>().Instance.Table;
        Assert.Equal((128, 128), (similarity.Rows, similarity.Columns));
        Assert.Equal(1, similarity[7][7], 1e-5);
    }

    [Fact]
    public void Positions_OfALlama_ShowTheRotaryAngles()
    {
        Models.Config = Models.Config with { Family = ModelFamily.Llama };

        Assert.Contains("cosine of the rotary angles (128 positions × 4 pairs)", Open("?prompt=abcab").Text(), StringComparison.Ordinal);
    }

    private IRenderedComponent<InspectPage> Open(string query)
    {
        var page = OpenView("embeddings", query);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#positions-title")), Patience);
        return page;
    }
}
