using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Home;
using TinyLM.Lab.Components.Pages.Trash;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Components.Pages;

public sealed class HomePageTests : ComponentContext
{
    [Fact]
    public void FirstModel_AskedForAHundredTimesAtOnce_IsOneRun()
    {
        var page = Render<HomePage>();
        var start = page.FindComponents<MudBlazor.MudButton>().Single(button => button.Markup.Contains("Train your first model", StringComparison.Ordinal)).Instance;

        for (var i = 0; i < TrustCounts.Of(100, 1_000); i++) _ = page.InvokeAsync(() => start.OnClick.InvokeAsync(new Microsoft.AspNetCore.Components.Web.MouseEventArgs())); // as forged events come, whatever is drawn

        Assert.Single(Runs.Started);
    }

    [Fact]
    public void Home_WithoutRuns_OffersTheFirstModel()
    {
        var page = Render<HomePage>();

        Assert.Contains("noise become words become stories", page.Text(), StringComparison.Ordinal);
        Assert.True(page.HasButton("Train your first model"));
        Assert.Empty(page.FindAll(".runs li"));
    }

    [Fact]
    public void FirstModel_Clicked_StartsTheQuickPresetAndOpensItsPage()
    {
        var page = Render<HomePage>();

        page.Button("Train your first model").Click();

        Assert.Equal(RunPresets.Quick.Spec, Assert.Single(Runs.Started));
        Assert.EndsWith("/runs/run-1", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WhereNothingCanTrain_SaysWhyAndStartsNothing()
    {
        Devices.Current = FakeDeviceCatalog.Broken;

        var page = Render<HomePage>();

        Assert.Contains(FakeDeviceCatalog.Broken.Problem!, page.Text(), StringComparison.Ordinal);
        Assert.Equal("/device", page.Button("What to do").GetAttribute("href"));
        Assert.True(page.Button("Train your first model").HasAttribute("disabled"));
    }

    [Fact]
    public void FirstModel_Refused_SaysWhyAndStays()
    {
        Runs.Refusal = new InvalidSpecException(["There is no device to train on."]);
        var page = Render<HomePage>();

        page.Button("Train your first model").Click();

        Assert.Contains("There is no device to train on.", page.Text(), StringComparison.Ordinal);
        Assert.EndsWith("/", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WithRuns_ListsTheNewestFirstWithTheirState()
    {
        Runs.Add(TestRuns.Summary("old", RunStatus.Failed) with { Name = "Old one", Reason = "The loss is not a number at step 12." });
        Runs.Add(TestRuns.Summary("new", RunStatus.Running) with { Name = "New one", Step = 300, ValidationLoss = 2.5, TimeLeft = TimeSpan.FromSeconds(65) });

        var rows = Render<HomePage>().FindAll(".runs li").Select(row => row.TextContent).ToList();

        Assert.Equal(2, rows.Count);
        Assert.Contains("New one", rows[0], StringComparison.Ordinal);
        Assert.Contains("step 300 of 1,500, 1 min 05 s left", rows[0], StringComparison.Ordinal);
        Assert.Contains("2.500", rows[0], StringComparison.Ordinal);
        Assert.Contains("The loss is not a number at step 12.", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Home_WithRunsInTrouble_MarksThem()
    {
        Runs.Add(TestRuns.Summary("full", RunStatus.Paused) with { WaitsForSpace = true });
        Runs.Add(TestRuns.Summary("damaged", RunStatus.Completed) with { Alert = TinyLM.Lab.Runs.Alerts.AlertKind.Damaged });

        var page = Render<HomePage>();

        Assert.Contains("Paused: disk full", page.Text(), StringComparison.Ordinal);
        Assert.Contains("waits for room on the disk", page.Text(), StringComparison.Ordinal);
        Assert.Equal("a file of the run is damaged", page.Find(".alert").GetAttribute("title"));
    }

    [Fact]
    public void Home_WhileARunGoesOn_FollowsIt()
    {
        var feed = Runs.Add(TestRuns.Summary("live", RunStatus.Running));
        var page = Render<HomePage>();

        feed.Add(TestRuns.Step(7));

        page.WaitForAssertion(() => Assert.Contains("step 7 of 1,500", page.Text(), StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Filter_InTheAddress_ShowsWhatFits()
    {
        Runs.Add(TestRuns.Summary("deep", RunStatus.Completed) with { Name = "Deep", ValidationLoss = 1.5 }, Layers(8));
        Runs.Add(TestRuns.Summary("flat", RunStatus.Completed) with { Name = "Flat", ValidationLoss = 1.2 }, Layers(2));

        var page = Open("?q=loss%3C2%20and%20layers%3E%3D4");

        Assert.Contains("Deep", Assert.Single(page.FindAll(".runs li")).TextContent, StringComparison.Ordinal);
        Assert.Contains("1 of 2 runs", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_NotUnderstood_SaysWhatIsWrong()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed));

        var page = Open("?q=layrs%3E2");

        Assert.Contains("There is no field 'layrs'. Did you mean 'layers'?", page.ControlText("Search or filter"), StringComparison.Ordinal);
        Assert.Single(page.FindAll(".runs li"));
    }

    [Fact]
    public void Filter_Typed_StandsInTheAddress()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed));
        var page = Render<HomePage>();

        page.Field("Search or filter").Input("foxes");

        page.WaitForAssertion(() => Assert.EndsWith("/?q=foxes", Address, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Star_Clicked_IsKept()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { Name = "Foxes" });
        var page = Render<HomePage>();

        page.Button("Star Foxes").Click();

        Assert.True(Runs.Find("r")!.IsStarred);
        Assert.Equal("true", page.Button("Star Foxes").GetAttribute("aria-pressed"));
    }

    [Fact]
    public void Selected_CanBeComparedArchivedAndDeleted()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Completed) with { Name = "A" });
        Runs.Add(TestRuns.Summary("b", RunStatus.Completed) with { Name = "B" });
        var page = Render<HomePage>();

        foreach (var name in (string[])["Select A", "Select B"]) page.Find($"[aria-label='{name}']").Change(true);
        var compare = page.Button("Compare").GetAttribute("href");
        page.Button("Archive").Click();
        var left = page.FindAll(".runs li").Count;

        Assert.Equal("/compare?runs=b,a", compare);
        Assert.Equal(0, left);
        Assert.All(Runs.List(), run => Assert.True(run.IsArchived));
    }

    [Fact]
    public void RunningRun_Selected_CannotBeDeleted()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Running) with { Name = "A" });
        var page = Render<HomePage>();

        page.Find("[aria-label='Select A']").Change(true);

        Assert.True(page.Button("Delete").HasAttribute("disabled"));
    }

    [Fact]
    public void Groups_ByTag_HaveHeadings()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Completed) with { Tags = RunTags.Parse("wide, deep") });
        Runs.Add(TestRuns.Summary("b", RunStatus.Completed));

        var page = Open("?group=tag");

        Assert.Equal(["deep 1", "wide 1", "no tag 1"], page.FindAll("h3.group").Select(heading => heading.TextContent.Trim()));
    }

    [Fact]
    public void Queue_MovedByItsButtons_PausedAndLeft()
    {
        Runs.Add(TestRuns.Summary("a", RunStatus.Queued) with { Name = "A" });
        Runs.Add(TestRuns.Summary("b", RunStatus.Queued) with { Name = "B" });
        var page = Render<HomePage>();

        page.Button("Move B up").Click();
        var order = page.FindComponent<QueuePanel>().FindAll("li a").Select(link => link.TextContent).ToList();
        page.Button("Pause the queue").Click();
        page.Button("Take A out of the queue").Click();

        Assert.Equal(["B", "A"], order);
        Assert.True(Runs.State.IsPaused);
        Assert.True(page.HasButton("Go on with the queue"));
        Assert.Equal(["stop a"], Runs.Commands);
    }

    [Fact]
    public async Task Queue_Dragged_TakesThePlaceWhereItIsDropped()
    {
        foreach (var id in (string[])["a", "b", "c"]) Runs.Add(TestRuns.Summary(id, RunStatus.Queued) with { Name = id });
        var page = Render<HomePage>();

        await page.FindComponent<QueuePanel>().FindAll("li")[2].DragStartAsync(new());
        await page.FindComponent<QueuePanel>().FindAll("li")[0].DropAsync(new());

        Assert.Equal(["c", "a", "b"], Runs.State.Runs.Select(run => run.Id));
    }

    [Fact]
    public void Trash_ListsDeletedRunsAndGivesThemBack()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { Name = "Foxes" });
        Runs.DeleteAsync("r", Xunit.TestContext.Current.CancellationToken);
        var page = Render<TrashPage>();

        page.Button("Take back Foxes").Click();

        Assert.NotNull(Assert.Single(Runs.List()));
        Assert.Contains("No deleted runs", page.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Trash_DeleteForGood_AsksFirst()
    {
        Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { Name = "Foxes" });
        Runs.DeleteAsync("r", Xunit.TestContext.Current.CancellationToken);
        var page = Render<TrashPage>();

        page.Button("Delete Foxes for good").Click();
        Assert.DoesNotContain("erase r", Runs.Commands);
        Dialogs.WaitForElements(".mud-dialog button").Single(button => button.TextContent.Trim() == "Delete").Click();

        page.WaitForAssertion(() => Assert.Contains("erase r", Runs.Commands), TimeSpan.FromSeconds(10));
    }

    private IRenderedComponent<HomePage> Open(string query)
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/" + query);
        return Render<HomePage>();
    }

    private static RunSpec Layers(int count) => RunPresets.Quick.Spec with { Model = RunPresets.Quick.Spec.Model with { LayerCount = count } };
}
