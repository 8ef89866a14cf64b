using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>
/// The default experiment of ten minutes from its page, with real workers, to the fitted law: the picture and the figures of
/// docs/scaling-experiment.md. It is to be asked for by name, in a release build, on a quiet machine.
/// </summary>
public sealed class ScalingExperimentRun(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task TenMinutes_FromThePage_ToTheLaw()
    {
        using var folder = new TempLab();
        await using var lab = LabProcess.Start("--port", "0", "--data", folder.Directory.Path);
        await using var window = await browser.OpenAsync(await lab.AddressAsync(), width: 1440, height: 1800);
        var page = window.Page;
        await window.GoToAsync("/scaling/experiment");
        var start = page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex(@"^Start \d+ runs$") });
        await Expect(start).ToBeEnabledAsync(new() { Timeout = 60_000 });
        var planned = await page.Locator("#runs-title").TextContentAsync();
        var clock = Stopwatch.StartNew();
        await start.ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("group="));
        var address = page.Url;
        await page.ScreenshotAsync(new() { Path = Artifact("experiment-begun.png"), FullPage = true });
        await page.GotoAsync("about:blank"); // what a browser draws would take its part of the processors

        using var client = new HttpClient { BaseAddress = new Uri(new Uri(address), "/") };
        while (true)
        {
            var runs = await client.GetStringAsync("/api/runs", Cancel);
            if (!Regex.IsMatch(runs, "\"status\": ?\"(queued|running|preparing)\"")) break;
            await Task.Delay(2_000, Cancel);
        }

        var took = clock.Elapsed;
        await page.GotoAsync(address);
        await Expect(page.Locator("#law-title")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await Expect(page.Locator("#measured-plot .scatterlayer path").First).ToBeVisibleAsync();
        await page.WaitForTimeoutAsync(2_000);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Top, "docs", "images", "experiment.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
        var shown = await page.Locator("main").InnerTextAsync();
        var text = string.Create(CultureInfo.InvariantCulture, $"planned: {planned}; took {took.TotalMinutes:0.0} minutes{Environment.NewLine}{shown}");
        await File.WriteAllTextAsync(Artifact("experiment.txt"), text, Cancel);
        TestContext.Current.TestOutputHelper!.WriteLine(text);
        Assert.Empty(window.Errors);
    }

    private static string Artifact(string name) => Path.Combine(Repository.Top, "artifacts", name);
}
