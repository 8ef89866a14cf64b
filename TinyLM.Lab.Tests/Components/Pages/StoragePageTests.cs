using Bunit;
using TinyLM.Lab.Components.Pages.Storage;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class StoragePageTests : ComponentContext
{
    [Fact]
    public void Page_ShowsWhatRunsHoldTheLargestFirst()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Completed) with { Name = "Small one", DiskBytes = 5_000_000 });
        Runs.Add(TestRuns.Summary("b", RunStatus.Completed) with { Name = "Large one", DiskBytes = 95_000_000 });

        var page = Render<StoragePage>();

        Assert.Contains("2 runs hold 100 MB", page.Text(), StringComparison.Ordinal);
        Assert.Equal(["Large one", "Small one"], page.FindAll(".runs a").Select(link => link.TextContent));
    }

    [Fact]
    public void Policy_Changed_IsKeptAndShowsWhatWouldGo()
    {
        var page = Render<StoragePage>();
        var before = page.Text();

        page.Field("The newest").Change("1");

        page.WaitForAssertion(() => Assert.Contains("30 MB in 3 checkpoints of 1 run would go", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Contains("10 MB in 1 checkpoint of 1 run would go", before, StringComparison.Ordinal); // 100: the best is that of 200
        Assert.Equal(1, Cleaner.Policy.KeepLast);
    }

    [Fact]
    public void CleanUp_AsksFirstAndRemovesThePreview()
    {
        var page = Render<StoragePage>();

        page.Button("Clean up").Click();
        var before = Cleaner.Steps.Count;
        Dialogs.WaitForElements(".mud-dialog button").Single(button => button.TextContent.Trim() == "Clean up").Click();

        Assert.Equal(5, before);
        page.WaitForAssertion(() => Assert.Contains("Nothing would go", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.Equal([200, 300, 400, 500], Cleaner.Steps);
        Snackbars.WaitForAssertion(() => Assert.Contains("10 MB became free", Snackbars.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }
}
