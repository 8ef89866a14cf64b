using Microsoft.Playwright;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>The lab as it is composed, in a real browser.</summary>
public sealed class RealLabTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Pages_OfANewLab_AreSound(int width, int height, ColorScheme scheme)
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address, width, height, scheme);

        foreach (var (path, name) in ((string, string)[])[("/", "home"), ("/new", "new"), ("/corpora", "corpora"), ("/corpora/stories", "stories"), ("/device", "device")])
        {
            await window.GoToAsync(path);
            if (name == "stories") await Expect(window.Page.GetByText("Entropy of the source")).ToBeVisibleAsync();
            await window.KeepPictureAsync($"real-{name}-{width}-{scheme.ToString().ToLowerInvariant()}", wholePage: name == "stories");
            Assert.Equal(0, await window.OverflowAsync());
        }

        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Machine_ThatCannotTrain_SaysSoAndStartsNothing()
    {
        await using var lab = new RealLab();
        lab.Devices.Answer = new DeviceAnswer(0, System.Text.Json.JsonSerializer.Serialize(FakeDeviceCatalog.Broken, RunJson.Line), "");
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);

        foreach (var (path, button) in ((string, string)[])[("/", "Train your first model"), ("/new", "Start training")])
        {
            await window.GoToAsync(path);
            await Expect(window.Page.GetByText("GLIBCXX_3.4.32 is missing")).ToBeVisibleAsync();
            await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = button })).ToBeDisabledAsync();
            await window.KeepPictureAsync($"real-broken-{(path == "/" ? "home" : "new")}");
        }

        await window.Page.GetByRole(AriaRole.Link, new() { Name = "What to do" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "What this machine trains on" })).ToBeVisibleAsync();
        await window.KeepPictureAsync("real-broken-device");
        Assert.Empty(window.Errors);
    }

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task TrainedRun_WritesWithItsCheckpoint(int width, int height, ColorScheme scheme)
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("r");
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address, width, height, scheme);
        await window.GoToAsync("/runs/r");

        await window.Page.GetByLabel("Prompt", new PageGetByLabelOptions { Exact = true }).FillAsync("Once upon");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Article)).ToHaveAttributeAsync("aria-busy", "false");
        await Expect(window.Page.GetByRole(AriaRole.Article)).ToContainTextAsync("Once upon");
        await window.KeepPictureAsync($"real-run-{width}-{scheme.ToString().ToLowerInvariant()}", wholePage: true);
        Assert.Equal(0, await window.OverflowAsync());
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task RunPage_InASecondTabOnAPhoneAndAfterARestart_IsTheSameWithItsZoom()
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("r");
        await lab.InitializeAsync();
        await using var first = await browser.OpenAsync(lab.Address);
        await using var phone = await browser.OpenAsync(lab.Address, 390, 844);
        foreach (var window in (BrowserWindow[])[first, phone])
        {
            await window.GoToAsync("/runs/r?zoom=10,30");
            await ExpectWholeAsync(window.Page);
            await window.Page.EvaluateAsync("window.isOld = true");
        }

        await lab.RestartAsync();

        foreach (var window in (BrowserWindow[])[first, phone])
        {
            await window.Page.WaitForFunctionAsync("() => !window.isOld", null, new() { Timeout = 60_000 }); // the page was loaded again by itself
            await ExpectWholeAsync(window.Page);
            Assert.EndsWith("/runs/r?zoom=10,30", window.Page.Url, StringComparison.Ordinal);
        }

        static async Task ExpectWholeAsync(IPage page)
        {
            await page.WaitForFunctionAsync("() => document.getElementById('loss-chart')?.data?.[0]?.x?.length === 40", null, new() { Timeout = 60_000 });
            Assert.Equal(Enumerable.Range(1, 40), await page.EvaluateAsync<int[]>("document.getElementById('loss-chart').data[0].x"));
            var zoom = await page.EvaluateAsync<double[]>("document.getElementById('loss-chart').layout.xaxis.range");
            Assert.Equal([10.0, 30.0], zoom);
        }
    }

    [Fact]
    public async Task Files_SoundAndBroken_AreTakenOrRefusedInWords()
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        await window.GoToAsync("/corpora");
        var verses = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"Verse {i}: the fox ran home.\n"));

        await window.Page.GetByLabel("Text or JSONL files to add").SetInputFilesAsync(
        [
            File("verses.txt", System.Text.Encoding.UTF8.GetBytes(verses)),
            File("empty.txt", []),
            File("program.txt", [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0]),
            File("latin.txt", [.. "caf"u8, 0xe9, .. " au lait"u8]),
        ]);

        await Expect(window.Page.GetByText("“verses.txt” is in the library")).ToBeVisibleAsync();
        foreach (var name in (string[])["empty.txt", "program.txt", "latin.txt"])
            await Expect(window.Page.GetByText($"“{name}” was not added.")).ToBeVisibleAsync();
        await window.KeepPictureAsync("real-uploads", wholePage: true);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "verses.txt" }).ClickAsync();
        await Expect(window.Page.GetByText("Verse 1: the fox ran home.")).ToBeVisibleAsync();
        await window.KeepPictureAsync("real-corpus");
        Assert.Empty(window.Errors);

        static FilePayload File(string name, byte[] content) => new() { Name = name, MimeType = "text/plain", Buffer = content };
    }
}
