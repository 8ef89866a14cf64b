using System.Globalization;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>
/// How long a person waits for a megabyte that was pasted into the playground, and for how long at a time the page does not answer. It
/// asserts no time and is to be asked for by name, in a release build, on a quiet machine; docs/tokens.md has the figures.
/// </summary>
public sealed class TokenizerPageTimes(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    /// <summary>Looks at every frame from the paste until the count of tokens is there and painted.</summary>
    private const string Watch = """
        count => {
          window.watched = new Promise((done, fail) => document.addEventListener("paste", async () => {
            const start = performance.now();
            let last = start, longest = 0;
            const frame = async () => {
              await new Promise(requestAnimationFrame);
              longest = Math.max(longest, performance.now() - last);
              last = performance.now();
            };
            while (document.querySelector(".counts dd")?.textContent.replaceAll(",", "") !== count) {
              if (performance.now() - start > 120000) return fail(new Error(`no ${count}: ${document.querySelector(".counts dd")?.textContent}`));
              await frame();
            }
            await frame();
            done([performance.now() - start, longest]);
          }, { capture: true, once: true }));
        }
        """;

    [Theory(Explicit = true)]
    [InlineData("25,000 lines", "Once upon a time there was a tiny fox.\n")]
    [InlineData("words without a line break", "Once upon a time there was a tiny fox. ")]
    [InlineData("one letter", "a")]
    public async Task AMegabyte_FromThePasteToTheTokens(string name, string part)
    {
        await using var lab = new FakeLab();
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2);
        lab.Tokenizers.Add(BuiltInTokenizers.Gpt2, "GPT-2", TokenizerOrigin.BuiltIn, tokenizer);
        await lab.InitializeAsync();
        var text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        var count = tokenizer.Encode(text).Count;
        for (var i = 0; i < 3; i++)
        {
            await using var window = await browser.OpenAsync(lab.Address);
            await window.GoToAsync("/tokenizers?tokenizer=r50k_base&text=abc");
            await window.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
            await window.Page.EvaluateAsync("text => navigator.clipboard.writeText(text)", text);
            await window.Page.Locator("textarea").ClickAsync();
            await window.Page.Keyboard.PressAsync("Control+A");
            await window.Page.WaitForTimeoutAsync(2000);
            await window.Page.EvaluateAsync(Watch, count.ToString(CultureInfo.InvariantCulture));
            await window.Page.Keyboard.PressAsync("Control+V");
            var times = await window.Page.EvaluateAsync<double[]>("() => window.watched");
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {times[0]:0} ms until its {count} tokens are there, the longest time without a frame {times[1]:0} ms"));
            Assert.Empty(window.Errors);
        }
    }
}
