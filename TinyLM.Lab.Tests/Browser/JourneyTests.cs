using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>The whole way as a person goes it, with nothing made up: from the first page to a story, through a real worker.</summary>
public sealed class JourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly LocatorAssertionsToBeVisibleOptions s_patient = new() { Timeout = 120_000 }; // a worker loads libtorch and trains, perhaps on a busy machine

    [Fact]
    public async Task QuickRun_StartedStoppedAndResumed_EndsAndWrites()
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        var page = window.Page;

        await window.GoToAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Choose the settings" }).ClickAsync();
        await SetAsync(page, "Text (bytes)", "400000");
        await SetAsync(page, "Warm-up (steps)", "20");
        await SetAsync(page, "Steps", "150");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start training" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs/[^/]+$"));
        await ExpectMovingCurveAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.GetByText("Stopped", new() { Exact = true })).ToBeVisibleAsync(s_patient);
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(page.GetByText("Completed", new() { Exact = true })).ToBeVisibleAsync(s_patient);
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("One day");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();

        var written = page.GetByRole(AriaRole.Article);
        await Expect(written).ToHaveAttributeAsync("aria-busy", "false");
        await Expect(written).ToContainTextAsync("One day");
        await window.KeepPictureAsync("journey", wholePage: true);
        var steps = await page.EvaluateAsync<int[]>("document.getElementById('loss-chart').data[0].x");
        Assert.Equal(Enumerable.Range(1, 150), steps);
        await LookInsideAsync(page);
        await window.KeepPictureAsync("journey-inside", wholePage: true);
        Assert.Empty(window.Errors);
    }

    /// <summary>
    /// The picture in the README: the quick preset to its end, which takes some minutes. To be asked for by name:
    /// <c>TinyLM.Lab.Tests -explicit only -method "*QuickPreset_ToItsEnd*"</c>.
    /// </summary>
    [Fact(Explicit = true)]
    public async Task QuickPreset_ToItsEnd_GivesThePictureOfTheReadme()
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address, width: 1440, height: 1180);
        var page = window.Page;
        await window.GoToAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Train your first model" }).ClickAsync();
        await Expect(page.GetByText("Completed", new() { Exact = true })).ToBeVisibleAsync(new() { Timeout = 900_000 });

        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("Once upon a time");
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Article)).ToHaveAttributeAsync("aria-busy", "false");
        await page.EvaluateAsync("window.scrollTo(0, 0)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Top, "docs", "images", "run.png"), Animations = ScreenshotAnimations.Disabled });

        Assert.Empty(window.Errors);
    }

    /// <summary>From the run's page to its attention: every head, one head with the number under the pointer, one token, and back to an earlier checkpoint.</summary>
    private static async Task LookInsideAsync(IPage page)
    {
        const string Map = "JSON.stringify(document.getElementById('attention-map')?.data?.[0]?.z)";
        await page.GetByRole(AriaRole.Link, new() { Name = "Look inside" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "All heads" })).ToHaveAttributeAsync("data-drawn", "16", new() { Timeout = 60_000 });
        var plot = page.Locator("#attention-map .nsewdrag");
        await plot.HoverAsync(new() { Timeout = 60_000 });
        await Expect(page.Locator("#attention-map .hoverlayer")).ToContainTextAsync("→");

        await page.GetByRole(AriaRole.Button, new() { Name = "Layer 2, head 1", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Layer 2, head 1", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Group, new() { NameRegex = new Regex("^What .* looks at$") }).GetByRole(AriaRole.Button).Nth(3).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("layer=2&head=1&token=3"));

        var trained = await page.EvaluateAsync<string>(Map);
        await page.GetByRole(AriaRole.Slider, new() { Name = "Checkpoint" }).PressAsync("Home");
        await Expect(page.GetByText(new Regex(@"· 1 of \d"))).ToBeVisibleAsync();
        await page.WaitForFunctionAsync($"before => {Map} !== before", trained);
    }

    private static async Task SetAsync(IPage page, string label, string value)
    {
        var field = page.GetByLabel(label, new() { Exact = true });
        await field.FillAsync(value);
        await field.BlurAsync();
    }

    private static async Task ExpectMovingCurveAsync(IPage page)
    {
        const string Points = "(document.getElementById('loss-chart')?.data?.[0]?.x?.length ?? 0)";
        var patient = new PageWaitForFunctionOptions { Timeout = 120_000 };
        await page.WaitForFunctionAsync($"() => {Points} > 2", null, patient);
        var before = await page.EvaluateAsync<int>(Points);
        await page.WaitForFunctionAsync($"before => {Points} > before", before, patient);
    }
}
