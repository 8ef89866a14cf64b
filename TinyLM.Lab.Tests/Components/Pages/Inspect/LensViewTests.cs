using Bunit;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Components.Pages.Inspect;

public sealed class LensViewTests : InspectContext
{
    [Fact]
    public void Lens_OfAPrompt_HasARowForEachDepthAndTheLastIsWhatTheModelSays()
    {
        var page = Open("?prompt=abcab");
        var rows = page.FindAll("[role=region] tbody tr");

        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(7, row.Children.Length)); // its name and six tokens
        Assert.Contains("layer 1, said", rows[2].TextContent, StringComparison.Ordinal);

        var said = rows[2].Children[6].TextContent;
        var next = OpenView("next", "?prompt=abcab");
        next.WaitForAssertion(() => Assert.Equal(said, next.Find("tbody th").TextContent), Patience);
    }

    [Fact]
    public void Token_Clicked_ShowsItsWayThroughTheLayers()
    {
        var page = Open("?prompt=abcab");

        page.InvokeAsync(() => page.FindAll("[role=region] thead button")[2].Click());

        page.WaitForAssertion(() => Assert.Contains("where c comes", page.Find("#path-title").TextContent, StringComparison.Ordinal), Patience);
        Assert.Equal(3, page.FindAll("table.path tbody tr").Count);
        Assert.DoesNotContain(page.FindAll("table.path tbody tr"), row => row.Children[3].TextContent.Contains('–', StringComparison.Ordinal));
    }

    [Fact]
    public void LongPrompt_IsShownInWindows()
    {
        var page = Open("?prompt=" + new string('a', 60));

        Assert.Contains("tokens 0 to 31 of 61", page.Text(), StringComparison.Ordinal);
        page.InvokeAsync(() => page.Button("Later tokens").Click());
        page.WaitForAssertion(() => Assert.Contains("tokens 16 to 47 of 61", page.Text(), StringComparison.Ordinal), Patience);
    }

    private IRenderedComponent<InspectPage> Open(string query)
    {
        var page = OpenView("lens", query);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("[role=region] tbody tr")), Patience);
        return page;
    }
}
