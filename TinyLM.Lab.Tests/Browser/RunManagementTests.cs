using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>Launching several runs, the queue and comparing, as a person does it.</summary>
public sealed class RunManagementTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly LocatorAssertionsToBeVisibleOptions s_patient = new() { Timeout = 120_000 }; // workers load libtorch, perhaps on a busy machine

    /// <summary>Through real workers: a sweep is launched, a run of it is reloaded in the middle, the group's plot has every run, and the curves are compared.</summary>
    [Fact]
    public async Task Sweep_LaunchedReloadedAndCompared_HasEveryRunOnce()
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        var page = window.Page;
        await window.GoToAsync("/new");
        await SetAsync(page, "Text (bytes)", "200000");
        await SetAsync(page, "Warm-up (steps)", "5");
        await SetAsync(page, "Steps", "60");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sweep over a setting" }).ClickAsync();
        await page.GetByLabel("Values of learningRate").FillAsync("0.001, 0.004");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start 2 runs" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/groups/sweep-"));

        await page.GetByRole(AriaRole.Link, new() { Name = "learningRate 0.001" }).ClickAsync();
        await page.WaitForFunctionAsync("() => (document.getElementById('loss-chart')?.data?.[0]?.x?.length ?? 0) > 2", null, new() { Timeout = 120_000 });
        await page.ReloadAsync();
        await Expect(page.GetByText("Completed", new() { Exact = true })).ToBeVisibleAsync(s_patient);
        await page.WaitForFunctionAsync("() => document.getElementById('loss-chart')?.data?.[0]?.x?.length === 60");
        var steps = await page.EvaluateAsync<int[]>("document.getElementById('loss-chart').data[0].x");
        await page.GoBackAsync();
        await Expect(page.GetByText("2 runs: 2 completed.")).ToBeVisibleAsync(s_patient);
        await page.WaitForFunctionAsync("() => document.getElementById('group-plot')?.data?.[0]?.x?.length === 2");
        await window.KeepPictureAsync("sweep", wholePage: true);
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare the curves" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex(@"training\.learningRate 0\.00\d 0\.00\d") })).ToBeVisibleAsync();

        Assert.Equal(Enumerable.Range(1, 60), steps);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Queue_DraggedByTheMouseAndMovedByTheKeyboard_KeepsItsOrderAfterAReload()
    {
        var lab = new FakeLab();
        foreach (var name in (string[])["First", "Second", "Third"]) lab.Runs.Add(TestRuns.Summary(name.ToLowerInvariant(), RunStatus.Queued) with { Name = name });
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        await window.GoToAsync("/");
        var rows = window.Page.GetByRole(AriaRole.Region, new() { Name = "Queue" }).GetByRole(AriaRole.Listitem);

        await rows.Nth(2).DragToAsync(rows.Nth(0));
        await Expect(rows.Nth(0)).ToContainTextAsync("Third");
        var up = window.Page.GetByRole(AriaRole.Button, new() { Name = "Move Second up" });
        await up.FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(rows.Nth(1)).ToContainTextAsync("Second");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Pause the queue" }).ClickAsync();
        await window.Page.ReloadAsync();

        await Expect(rows.Nth(0)).ToContainTextAsync("Third");
        await Expect(rows.Nth(1)).ToContainTextAsync("Second");
        await Expect(window.Page.GetByText("Paused: no waiting run starts")).ToBeVisibleAsync();
        Assert.Empty(window.Errors);
        await lab.DisposeAsync();
    }

    [Fact]
    public async Task Runs_SelectedAndCompared_ArePinnedAndPaintedAndDeletedWithUndo()
    {
        var lab = new FakeLab();
        foreach (var name in (string[])["Slow", "Fast"]) lab.Runs.Add(TestRuns.Summary(name.ToLowerInvariant(), RunStatus.Completed) with { Name = name }).Train(300);
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        var page = window.Page;
        await window.GoToAsync("/");

        foreach (var name in (string[])["Slow", "Fast"]) await page.GetByLabel($"Select {name}").CheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Measure against Slow" }).ClickAsync();
        await Expect(page.GetByText("Differences to “Slow”.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Colour of Fast" }).First.ClickAsync();
        await page.GetByText("colour 6", new() { Exact = true }).ClickAsync();
        await page.WaitForFunctionAsync("() => document.getElementById('compare-loss').data.some(one => one.line.color === '#2ba3c7')");
        await page.GoBackAsync();
        await Expect(page.GetByLabel("Select Slow")).ToBeVisibleAsync();

        await page.GetByLabel("Select Slow").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Select Slow")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByLabel("Select Slow")).ToBeVisibleAsync();
        Assert.Empty(window.Errors);
        await lab.DisposeAsync();
    }

    private static async Task SetAsync(IPage page, string label, string value)
    {
        var field = page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.BlurAsync();
    }
}
