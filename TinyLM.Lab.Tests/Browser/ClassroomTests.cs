using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>A lab on the network in a real browser: how people come in, what they see, and what does not run in it.</summary>
public sealed class ClassroomTests(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const string Payload = "<img src=x onerror=window.hurt=1><svg onload=window.hurt=1>";

    [Theory]
    [InlineData(1440, 900, ColorScheme.Light)]
    [InlineData(1440, 900, ColorScheme.Dark)]
    [InlineData(390, 844, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task Door_LinkViewAndRestart(int width, int height, ColorScheme scheme)
    {
        await using var open = new OpenLab();
        open.Lab.AddTrainedRun("r");
        await open.InitializeAsync();
        await using var window = await browser.OpenAsync(open.Lab.Address, width, height, scheme);
        var picture = $"{width}-{scheme.ToString().ToLowerInvariant()}";

        await window.GoToAsync("/runs/r");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "This lab asks for a link" })).ToBeVisibleAsync();
        await window.KeepPictureAsync($"class-door-{picture}");
        Assert.Equal(0, await window.OverflowAsync());
        await window.GoToAsync(Door.Link("", "wrong"));
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await window.KeepPictureAsync($"class-wrong-{picture}");
        await window.Page.GetByLabel("Link or token").FillAsync(Door.Link(open.Lab.Address.ToString().TrimEnd('/'), open.TokenOf(Role.Viewer)!));
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();

        await Expect(window.Page.GetByText("Train a tiny language model and look inside it")).ToBeVisibleAsync();
        Assert.DoesNotContain("token", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Page.GetByText("Viewer", new() { Exact = true })).ToBeVisibleAsync();
        await window.KeepPictureAsync($"class-home-{picture}");
        await window.GoToAsync("/new");
        await Expect(window.Page.GetByText(NotAllowedException.ViewerWords).First).ToBeVisibleAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Start training" })).ToHaveCountAsync(0);
        await window.KeepPictureAsync($"class-new-{picture}", wholePage: true);
        Assert.Equal(0, await window.OverflowAsync());
        await window.GoToAsync("/runs/r?zoom=10,30");
        await window.Page.EvaluateAsync("window.isOld = true");

        await open.Lab.RestartAsync();

        await window.Page.WaitForFunctionAsync("() => !window.isOld", null, new() { Timeout = 60_000 });
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "Trained" })).ToBeVisibleAsync();
        Assert.EndsWith("/runs/r?zoom=10,30", window.Page.Url, StringComparison.Ordinal);
        await Expect(window.Page.GetByText("Viewer", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task EveryPage_LoadedBeforeARestart_ComesBackAtItsAddress()
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("r");
        await lab.InitializeAsync();
        var windows = new List<BrowserWindow>();
        string[] paths = ["/", "/new?preset=quick", "/corpora", "/tokenizers", "/studio/compare", "/inspect", "/models", "/scaling", "/compare?runs=r", "/storage", "/trash"];
        foreach (var path in paths)
        {
            windows.Add(await browser.OpenAsync(lab.Address));
            await windows[^1].GoToAsync(path);
        }

        var addresses = windows.Select(window => window.Page.Url).ToList();
        foreach (var window in windows) await window.Page.EvaluateAsync("window.isOld = true");
        await lab.RestartAsync();

        foreach (var (window, address) in windows.Zip(addresses))
        {
            await window.Page.WaitForFunctionAsync("() => !window.isOld", null, new() { Timeout = 60_000 });
            await Expect(window.Page.Locator("h1").First).ToBeVisibleAsync();
            Assert.Equal(address, window.Page.Url);
            await window.DisposeAsync();
        }
    }

    [Fact]
    public async Task LabThatIsFull_LetsInAsSoonAsSomebodyLeaves()
    {
        await using var lab = new RealLab();
        lab.Settings.Add("--Lab:Limits:Circuits=1");
        await lab.InitializeAsync();
        var first = await browser.OpenAsync(lab.Address);
        await first.GoToAsync("/");
        await using var second = await browser.OpenAsync(lab.Address, 390, 844, ColorScheme.Dark);
        await second.GoToAsync("/corpora");
        await Expect(second.Page.GetByRole(AriaRole.Heading, new() { Name = "The lab is full" })).ToBeVisibleAsync();
        await second.KeepPictureAsync("class-full-390-dark");
        Assert.Equal(0, await second.OverflowAsync());

        await first.DisposeAsync();

        await Expect(second.Page.GetByRole(AriaRole.Heading, new() { Name = "Corpora" })).ToBeVisibleAsync();
    }

    /// <summary>Names and notes with scripts in them on real pages and in Plotly's legends; and the policy stops what would get past.</summary>
    [Fact]
    public async Task Markup_InNamesAndNotes_RunsNowhere()
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("r");
        lab.AddTrainedRun("s");
        await lab.InitializeAsync();
        var runs = lab.Services.GetRequiredKeyedService<IRunService>(Guarding.Inside);
        foreach (var id in (string[])["r", "s"]) await runs.ChangeNotesAsync(id, notes => notes with { Name = Payload, Notes = Payload, Tags = new RunTags([Payload]) }, TestContext.Current.CancellationToken);
        await using var window = await browser.OpenAsync(lab.Address);

        foreach (var path in (string[])["/", "/runs/r", "/compare?runs=r,s", "/storage", "/studio?model=run%2Fr"])
        {
            await window.GoToAsync(path);
            await Expect(window.Page.Locator("main")).ToContainTextAsync(path.StartsWith("/studio", StringComparison.Ordinal) ? "Prompt" : "onerror=window.hurt=1");
            Assert.Null(await window.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        }

        Assert.Empty(window.Errors);
        await window.Page.EvaluateAsync("html => document.body.insertAdjacentHTML('beforeend', html)", Payload);
        await Eventually.HoldsAsync(() => window.Errors.Any(error => error.Contains("Content Security Policy", StringComparison.Ordinal)), "the policy refuses the script");
        Assert.Null(await window.Page.EvaluateAsync<int?>("window.hurt ?? null"));
        await using var elsewhere = await browser.OpenAsync(lab.Address);
        await elsewhere.Page.SetContentAsync("<p></p>");
        await elsewhere.Page.EvaluateAsync("html => document.body.insertAdjacentHTML('beforeend', html)", Payload);
        await elsewhere.Page.WaitForFunctionAsync("() => window.hurt === 1"); // where there is no policy it runs: so the test would notice
    }
}
