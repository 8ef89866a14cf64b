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
    /// <summary>Puts the text into the field, as a paste does, and looks at every frame until the count is there and painted.</summary>
    private const string Paste = """
        async ({ text, count }) => {
          const field = document.querySelector("textarea");
          const start = performance.now();
          let last = start, longest = 0, layout = 0;
          field.focus();
          field.value = text;
          field.dispatchEvent(new Event("input", { bubbles: true }));
          field.getBoundingClientRect();
          layout = performance.now() - start;
          while (document.querySelector(".counts dd")?.textContent.replaceAll(",", "") !== count) {
            if (performance.now() - start > 120000) throw new Error(`no ${count}: ${document.querySelector(".counts dd")?.textContent}`);
            await new Promise(requestAnimationFrame);
            longest = Math.max(longest, performance.now() - last);
            last = performance.now();
          }
          await new Promise(go => requestAnimationFrame(() => setTimeout(go)));
          longest = Math.max(longest, performance.now() - last);
          return [performance.now() - start, longest, layout];
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
            await window.Page.WaitForTimeoutAsync(2000);
            var times = await window.Page.EvaluateAsync<double[]>(Paste, new { text, count = count.ToString(CultureInfo.InvariantCulture) });
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {times[0]:0} ms until its {count} tokens are there, the longest time without a frame {times[1]:0} ms, of it laying out the field {times[2]:0} ms"));
            Assert.Empty(window.Errors);
        }
    }
}
