using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>Every page in a real browser, over a fake lab: nothing goes wrong in the console, nothing is wider than the window.</summary>
public sealed class PagesTests(BrowserFixture browser, FilledLab lab) : IClassFixture<BrowserFixture>, IClassFixture<FilledLab>
{
    /// <summary>Each page on a desk in the light and on a phone in the dark.</summary>
    public static TheoryData<string, int, ColorScheme> Views => [.. from path in s_paths from view in s_views select (path, view.Width, view.Scheme)];

    private static readonly string[] s_paths =
        ["/", "/new", "/corpora", "/corpora/stories", "/tokenizers", "/tokenizers/compare", "/tokenizers/chat", "/tokenizers/bpe", "/tokenizers/train", "/tokenizers/library", "/tokenizers/library/rhyme",
        "/device", "/runs/running", "/runs/completed", "/runs/failed", "/runs/preparing", "/compare?runs=running,completed,failed", "/groups/sweep", "/trash", "/storage", "/studio?tree=t", "/studio/compare", "/studio/prompts",
        "/inspect", "/inspect/steps?stage=weighted", "/inspect/next", "/inspect/lens", "/inspect/embeddings", "/inspect/change?changes=h0.1", "/scaling", "/scaling/fit", "/scaling/experiment?minutes=60", "/scaling/model?shape=llama3-8b", "/scaling/attention", "/nowhere"];

    private static readonly (int Width, ColorScheme Scheme)[] s_views = [(1440, ColorScheme.Light), (390, ColorScheme.Dark)];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Page_InARealBrowser_IsSound(string path, int width, ColorScheme scheme)
    {
        await using var window = await browser.OpenAsync(lab.Address, width, width == 390 ? 844 : 900, scheme);

        await window.GoToAsync(path);
        if (path is "/runs/running" or "/runs/completed") await WaitForCurveAsync(window.Page, "loss-chart");
        if (path == "/groups/sweep") await Expect(window.Page.Locator("#group-plot .scatterlayer path.point").First).ToBeVisibleAsync();
        if (path.StartsWith("/inspect", StringComparison.Ordinal)) await Expect(window.Page.Locator("[aria-busy=false] h2").First).ToBeVisibleAsync();
        await window.KeepPictureAsync($"{(path == "/" ? "home" : path[1..].Split('?')[0].Replace('/', '-'))}-{width}-{scheme.ToString().ToLowerInvariant()}", wholePage: true);

        Assert.Equal(0, await window.OverflowAsync());
        Assert.DoesNotContain(window.Errors, error => !(path == "/nowhere" && error.Contains("404", StringComparison.Ordinal)));
    }

    /// <summary>What of the run page stands in the address, and a log of another program.</summary>
    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Views_ChosenInTheAddress_AreSound(int width, ColorScheme scheme)
    {
        await using var window = await browser.OpenAsync(lab.Address, width, width == 390 ? 844 : 900, scheme);
        foreach (var (path, chart, name) in ((string, string, string)[])
        [
            ("/runs/running?curves=speed&see=batch&sample=150", "times-chart", "speed"), ("/runs/running?curves=machine&see=loss", "gpu-power-chart", "machine"),
            ($"/logs?path={Uri.EscapeDataString(lab.LogPath)}", "log-chart-1", "logs"),
        ])
        {
            await window.GoToAsync(path);
            await WaitForCurveAsync(window.Page, chart);
            if (name != "logs") await Expect(window.Page.Locator(name == "speed" ? ".batch li" : ".document").First).ToBeVisibleAsync();
            await window.KeepPictureAsync($"view-{name}-{width}-{scheme.ToString().ToLowerInvariant()}", wholePage: true);
            Assert.Equal(0, await window.OverflowAsync());
        }

        Assert.Empty(window.Errors);
    }

    private static async Task WaitForCurveAsync(IPage page, string chart) =>
        await page.WaitForFunctionAsync("id => (document.getElementById(id)?.data?.[0]?.x?.length ?? 0) > 20 && document.querySelector('#' + id + ' .scatterlayer path')", chart);
}
