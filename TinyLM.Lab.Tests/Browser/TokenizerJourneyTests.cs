using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>The tokenizer workshop in a real browser: what only a browser can show, over real tokenizers.</summary>
public sealed class TokenizerJourneyTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private readonly FakeLab _lab = new();

    public ValueTask InitializeAsync()
    {
        _lab.Tokenizers.Add(BuiltInTokenizers.Gpt2, "GPT-2", TokenizerOrigin.BuiltIn, BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2));
        return _lab.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Text_TypedAndPointedAt_LinksChipTextIdAndBytesAndSurvivesAReload()
    {
        await using var window = await OpenAsync("/tokenizers?tokenizer=r50k_base");
        var page = window.Page;

        await page.GetByLabel("Text", new() { Exact = true }).FillAsync("Once upon a time");
        await page.GetByLabel("Text", new() { Exact = true }).BlurAsync(); // the token at the caret is lit too
        await Expect(page.Locator(".text .t")).ToHaveTextAsync(["Once", " upon", " a", " time"]);
        await Expect(page).ToHaveURLAsync(new Regex("text=Once"));
        await Expect(page.Locator(".board[data-board]")).ToHaveCountAsync(1); // its script listens
        await page.Locator(".ids .t").Nth(1).HoverAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Token 2 of 4" })).ToBeVisibleAsync();
        await Expect(page.Locator(".marks mark")).ToHaveTextAsync(" upon");
        Assert.True(await page.EvaluateAsync<bool>("getComputedStyle(document.querySelector('.text [data-t=\"1\"]')).boxShadow !== 'none' && getComputedStyle(document.querySelector('.bytes [data-t=\"1\"]')).boxShadow !== 'none'"));

        await page.GetByLabel("Tokens as text").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Token 3 of 4" })).ToBeVisibleAsync();
        await page.ReloadAsync();

        await Expect(page.Locator(".ids .t")).ToHaveTextAsync(["7454", "2402", "257", "640"]);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task AMegabyte_Pasted_IsCutAndScrolledThrough()
    {
        await using var window = await OpenAsync("/tokenizers?tokenizer=r50k_base");
        var page = window.Page;
        var text = string.Concat(Enumerable.Range(0, 25_000).Select(i => $"Once upon a time there was a tiny fox {i}.\n"));
        var tokens = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2).Encode(text).Count;

        await PasteAsync(page.GetByLabel("Text", new() { Exact = true }), text);
        await Expect(page.Locator(".counts dd").First).ToHaveTextAsync(tokens.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), new() { Timeout = 60_000 });
        await page.Locator(".text.rows").EvaluateAsync("rows => rows.scrollTop = rows.scrollHeight");
        await Expect(page.Locator(".text.rows")).ToContainTextAsync("24999");

        Assert.InRange(await page.Locator(".t").CountAsync(), 100, 5000);
        await window.KeepPictureAsync("tokenizer-megabyte");
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task TextBeyondTheLimit_Pasted_SaysSoAndThePageLives()
    {
        await using var window = await OpenAsync("/tokenizers?tokenizer=bytes&text=abc");
        var field = window.Page.GetByLabel("Text", new() { Exact = true });
        await Expect(field).ToHaveValueAsync("abc"); // by then it listens

        await field.EvaluateAsync("""
            (field, length) => {
                const clipboardData = new DataTransfer();
                clipboardData.setData('text/plain', 'x'.repeat(length));
                field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
            }
            """, 4_000_001);
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("are taken at most");
        await Expect(field).ToHaveValueAsync("abc");
        await field.FillAsync("abcd");

        await Expect(window.Page.Locator(".counts dd").First).ToHaveTextAsync("4");
        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Merges_Played_GoOnAndATokenTellsItsTree()
    {
        await using var window = await OpenAsync("/tokenizers/bpe?text=aaabdaaabac");
        var page = window.Page;

        await page.GetByLabel("Play", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Merge [2-7] of 7") })).ToBeVisibleAsync();
        await page.GetByLabel("Merges done").FillAsync("3");
        await Expect(page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex("^Merge 3 of 7") })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Play", new() { Exact = true })).ToBeVisibleAsync(); // whoever scrubs has paused
        await page.Locator(".text .t").First.ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "How aaab came about" })).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => document.getElementById('compression-chart')?.data?.[1]?.x?.[0] === 259");
        await window.KeepPictureAsync("tokenizer-bpe", wholePage: true);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Tokenizer_Downloaded_ArrivesAsAFile()
    {
        await using var window = await OpenAsync("/tokenizers/library");

        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Download Rhyme" }).ClickAsync();
        var download = await window.Page.RunAndWaitForDownloadAsync(() => window.Page.GetByText("Hugging Face: tokenizer.json").ClickAsync());

        Assert.Equal("tokenizer.json", download.SuggestedFilename);
        Assert.Equal("{}", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        Assert.Empty(window.Errors);
    }

    /// <summary>Puts a long text in at once, as pasting does; typing it would take a browser minutes.</summary>
    private static async Task PasteAsync(ILocator field, string text) =>
        await field.EvaluateAsync("(field, text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }", text);

    private async Task<BrowserWindow> OpenAsync(string path)
    {
        var window = await browser.OpenAsync(_lab.Address);
        await window.GoToAsync(path);
        return window;
    }
}
