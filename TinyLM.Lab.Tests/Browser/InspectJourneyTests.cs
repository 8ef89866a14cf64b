using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>The pages on the inside of a model, as a person uses them in a real browser, over a tiny model.</summary>
public sealed class InspectJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private readonly FakeLab _lab = new();

    public ValueTask InitializeAsync()
    {
        _lab.Runs.Add(TestRuns.Summary("r", RunStatus.Completed) with { HasCheckpoint = true });
        return _lab.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Map_ClickedAndPlayed_ShowsTheTokenAndTheFilm()
    {
        await using var window = await OpenAsync("attention?prompt=abcab&model=run/r@250");
        var page = window.Page;
        var plot = page.Locator("#attention-map .nsewdrag");
        await Expect(page.Locator("#attention-map .hm image")).ToBeVisibleAsync();
        var box = (await plot.BoundingBoxAsync())!;

        await page.Mouse.ClickAsync(box.X + box.Width * 0.25f, box.Y + box.Height * 0.58f); // the second column of the fourth of six rows

        await Expect(page).ToHaveURLAsync(new Regex("token=3"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "One token: c" })).ToBeVisibleAsync();
        await page.GetByLabel("Play the film of the training").ClickAsync();
        await Expect(page.GetByText("step 500 · 2 of 2")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("r@500"));
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Stages_ByTheArrowKeys_StandInTheAddressAndComeBackWithIt()
    {
        await using var window = await OpenAsync("steps?prompt=ab&stage=query&layer=1&head=1");
        var page = window.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("Layer 1: Queries") })).ToBeVisibleAsync();

        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page).ToHaveURLAsync(new Regex("stage=key"));
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page).ToHaveURLAsync(new Regex("stage=value"));
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(page).ToHaveURLAsync(new Regex("stage=key"));
        await page.ReloadAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("Layer 1: Keys") })).ToBeVisibleAsync();
        await Expect(page.Locator("figure.strip[data-drawn='3x8']")).ToBeVisibleAsync();
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Point_OfTheMapClicked_ShowsItsNeighbours()
    {
        await using var window = await OpenAsync("embeddings?prompt=ab");
        var page = window.Page;
        var point = page.Locator("#embedding-map .scatterlayer .trace").First.Locator("path.point").Nth(40);
        await Expect(point).ToBeAttachedAsync();
        var box = (await point.BoundingBoxAsync())!;

        await page.Mouse.MoveAsync(box.X + box.Width / 2 + 20, box.Y);
        await page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height / 2);

        await Expect(page).ToHaveURLAsync(new Regex("word="));
        Assert.Empty(window.Errors);
    }

    [Theory]
    [InlineData("attention?prompt=abcab&beside-head=1.1", 7)]
    [InlineData("attention?prompt=abcab&drawing=arcs", 4)]
    [InlineData("steps?prompt=ab&stage=logits", 2)]
    [InlineData("next?prompt=abcab", 2)]
    [InlineData("lens?prompt=abcab", 2)]
    [InlineData("embeddings?prompt=ab&sum=x - y", 5)]
    [InlineData("change?prompt=abcab&changes=h0.1", 1)]
    public async Task Everything_CanBeSaved_AsAPictureAndAsNumbers(string view, int menus)
    {
        await using var window = await OpenAsync(view);
        var page = window.Page;
        var buttons = page.Locator("button[aria-label^='Save ']");
        await Expect(buttons).ToHaveCountAsync(menus);

        for (var i = 0; i < menus; i++)
        {
            var label = await buttons.Nth(i).GetAttributeAsync("aria-label");
            var svg = Encoding.UTF8.GetString(await SaveAsync(i, "Picture (SVG)"));
            Assert.True(svg.Contains("<svg", StringComparison.Ordinal) && svg.Contains("<text", StringComparison.Ordinal), $"{view}, {label}: {svg[..Math.Min(svg.Length, 300)]}");
            var csv = Encoding.UTF8.GetString(await SaveAsync(i, "Numbers (CSV)")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.True(csv.Length > 1, $"{view}, {label}: {csv.Length} lines");
            if (i > 0) continue; // the other two ways are the same code for all
            Assert.Equal(s_png, (await SaveAsync(i, "Picture (PNG)"))[..4]);
            using var json = JsonDocument.Parse(await SaveAsync(i, "Numbers (JSON)"));
            Assert.Equal(csv.Length - 1, json.RootElement.GetProperty("values").GetArrayLength());
        }

        Assert.Empty(window.Errors);

        async Task<byte[]> SaveAsync(int index, string way)
        {
            await Expect(page.GetByRole(AriaRole.Menuitem)).ToHaveCountAsync(0); // while the menu before is closing, a click on it would come to nothing
            await buttons.Nth(index).ClickAsync();
            var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Menuitem, new() { Name = way }).ClickAsync());
            await using var stream = await download.CreateReadStreamAsync();
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, TestContext.Current.CancellationToken);
            return content.ToArray();
        }
    }

    private async Task<BrowserWindow> OpenAsync(string view)
    {
        var window = await browser.OpenAsync(_lab.Address);
        await window.GoToAsync($"/inspect/{view}");
        await Expect(window.Page.Locator("[aria-busy=false] h2").First).ToBeVisibleAsync();
        return window;
    }
}
