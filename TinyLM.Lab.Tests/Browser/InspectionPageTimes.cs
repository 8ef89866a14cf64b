using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>
/// How long a person waits on the pages on the inside of a model: from the click to the picture in the page, in a real browser over a real
/// lab. It asserts no time and is to be asked for by name, in a release build, on a quiet machine; docs/inspection-speed.md has the figures.
/// </summary>
public sealed class InspectionPageTimes(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private const int Repeats = 5;

    /// <summary>Counts plots and strips that were drawn, and measures from an act to what it leads to, painted.</summary>
    private const string Counter = """
        () => {
          window.drawn = 0;
          new MutationObserver(() => window.drawn++).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
          window.untilPainted = async (act, done) => {
            document.querySelectorAll(".js-plotly-plot").forEach((plot) => { if (!plot.counted) { plot.counted = true; plot.on("plotly_afterplot", () => window.drawn++); } });
            const state = { drawn: window.drawn };
            const start = performance.now();
            act();
            while (!done(state)) {
              if (performance.now() - start > 30000) throw new Error(`nothing came of it: ${window.drawn - state.drawn} drawn, ${document.querySelector(".film > span")?.textContent}, busy: ${document.querySelectorAll("[aria-busy=true]").length}, plots: ${document.querySelectorAll(".js-plotly-plot .hm image").length}, ${done}`);
              await new Promise(requestAnimationFrame);
            }
            await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
            return performance.now() - start;
          };
        }
        """;

    /// <summary>The shapes of the benchmarks, and as many tokens.</summary>
    public static TheoryData<string, ModelConfig, int> Cases { get; } = new()
    {
        { "10 million parameters, 128 tokens", new ModelConfig { VocabularySize = 4096, ContextLength = 256, EmbeddingSize = 384, LayerCount = 5, HeadCount = 6 }, 128 },
        { "GPT-2 124M, 1,024 tokens", new ModelConfig { VocabularySize = 50_257, ContextLength = 1024, EmbeddingSize = 768, LayerCount = 12, HeadCount = 12 }, 1024 },
    };

    [Theory(Explicit = true)]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public async Task Views_FromTheClickToThePicture(string name, ModelConfig config, int tokens)
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("r", config, 10, 20);
        await lab.InitializeAsync();
        await using var window = await browser.OpenAsync(lab.Address);
        var page = window.Page;
        page.SetDefaultTimeout(120_000);
        var prompt = string.Concat(Enumerable.Repeat("Lily had a red ball. ", 60))[..(tokens - 1)];
        var state = new InspectState { Model = ModelReference.OfRun("r", 40), Prompt = prompt };
        var report = new StringBuilder();
        var failures = new List<string>();

        var opening = Stopwatch.StartNew();
        await window.GoToAsync(state.ToAddress("attention"));
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "All heads" })).ToHaveAttributeAsync("data-drawn", new System.Text.RegularExpressions.Regex("."), new() { Timeout = 120_000 });
        report.AppendLine(CultureInfo.InvariantCulture, $"{name}: first page, with loading and reading, {opening.Elapsed.TotalMilliseconds:0} ms");
        await page.EvaluateAsync(Counter);

        await MeasureAsync("attention: another head", i => Click($"[aria-label='Layer {1 + i % 2}, head {i % 3}']"), "s => window.drawn > s.drawn && document.querySelector('#map-title').textContent.includes('Layer {0}, head {1}')", i => [1 + i % 2, i % 3]);
        await MeasureAsync("attention: another token", i => Click($".weights [role=group] button:nth-child({5 + i})"), "s => window.drawn > s.drawn && document.querySelector('.weights [role=group] button:nth-child({0})').classList.contains('chosen')", i => [5 + i]);
        await MeasureAsync("attention: another checkpoint", i => Scrub(i), "s => window.drawn > s.drawn && document.querySelector('.js-plotly-plot .hm image') && document.querySelector('.film > span').textContent.includes('{0} of 3') && !document.querySelector('[aria-busy=true]')", i => [1 + i % 2]);
        await MeasureAsync("to step by step", _ => View("steps"), "() => document.querySelector('#stage-title') && document.querySelector('.ids')", _ => [], back: "attention");
        await OpenAsync("steps", state with { Stage = "attention-norm", Layer = 1 });
        await MeasureAsync("step by step: the next stage", _ => "() => [...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Next').click()", "s => window.drawn > s.drawn && document.querySelector('#stage-title').textContent !== window.title && ((window.title = document.querySelector('#stage-title').textContent), true)", _ => []);
        await MeasureAsync("to the next token", _ => View("next"), "() => document.querySelector('.sliders') && document.querySelectorAll('tbody tr').length === 25", _ => [], back: "attention");
        await OpenAsync("next", state);
        await MeasureAsync("next token: temperature moved", i => Slide(".sliders input[max='2']", 0.5 + 0.1 * i), "() => document.querySelector('.sliders output').textContent === '{0}'", i => [(0.5 + 0.1 * i).ToString("0.##", CultureInfo.InvariantCulture)]);
        await MeasureAsync("next token: another token", i => Click($"[aria-label='Tokens of the prompt'] button:nth-child({4 + i})"), "() => document.querySelector(\"[aria-label='Tokens of the prompt'] button:nth-child({0})\").classList.contains('chosen')", i => [4 + i]);
        await MeasureAsync("to the logit lens", _ => View("lens"), "() => document.querySelectorAll('[role=region] tbody tr').length > 2", _ => [], back: "attention");
        await MeasureAsync("to the embeddings, their neighbours", _ => View("embeddings"), "() => document.querySelector('.near button')", _ => [], back: "attention");
        await MeasureAsync("to the embeddings, their map", _ => View("embeddings"), "() => document.querySelector('#embedding-map .scatterlayer path')", _ => [], back: "attention");
        await MeasureAsync("to the embeddings, both plots", _ => View("embeddings"), "() => document.querySelector('#embedding-map .scatterlayer path') && document.querySelector('#position-similarity .hm image')", _ => [], back: "attention");
        await OpenAsync("embeddings", state);
        await MeasureAsync("embeddings: neighbours of another token", _ => "() => { window.before = document.querySelector('.near').textContent; document.querySelector('.near button').click(); }", "() => document.querySelector('.near').textContent !== window.before", _ => []);
        await MeasureAsync("to change it", _ => View("change"), "() => document.querySelector('#effect-title') && document.querySelectorAll('.effects tbody tr').length > 0", _ => [], back: "attention");
        await OpenAsync("change", state);
        await page.Locator("#effect-title").WaitForAsync();
        await MeasureAsync("change it: a head switched off, its effect", i => Click($"[aria-label='Layer 1, head {i}']"), "() => document.querySelectorAll('.parts button.off').length === {0} && document.querySelector('.figures').textContent !== window.before && ((window.before = document.querySelector('.figures').textContent), true)", i => [i + 1]);

        await File.WriteAllTextAsync(Path.Combine(Repository.Top, "artifacts", $"inspection-{(tokens == 128 ? "10m" : "gpt2")}.txt"), report.ToString(), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Assert.Empty(failures);
        Assert.Empty(window.Errors);

        async Task OpenAsync(string view, InspectState shown)
        {
            await page.GotoAsync(shown.ToAddress(view));
            await Expect(page.Locator("[aria-busy=false] h2").First).ToBeVisibleAsync(new() { Timeout = 120_000 });
            await page.WaitForTimeoutAsync(2000); // what is measured begins from a page at rest
            await page.EvaluateAsync(Counter);
        }

        async Task MeasureAsync(string what, Func<int, string> act, string done, Func<int, object[]> names, string? back = null)
        {
            var times = new List<double>();
            for (var i = 0; i <= Repeats; i++)
            {
                if (back is not null) await OpenAsync(back, state);
                var condition = names(i).Index().Aggregate(done, (text, name) => text.Replace($"{{{name.Index}}}", name.Item.ToString(), StringComparison.Ordinal));
                try
                {
                    var time = await page.EvaluateAsync<double>($"() => window.untilPainted({act(i)}, {condition})");
                    if (i > 0) times.Add(time); // the first warms the code up
                }
                catch (PlaywrightException e)
                {
                    failures.Add($"{what}: {e.Message}"); // the others are measured all the same
                    return;
                }

                await page.WaitForTimeoutAsync(300);
            }

            times.Sort();
            report.AppendLine(CultureInfo.InvariantCulture, $"{what}: {times[Repeats / 2]:0} ms ({times[0]:0} to {times[^1]:0})");
        }

        static string Click(string selector) => $"() => document.querySelector(\"{selector}\").click()";

        static string View(string view) => $"() => document.querySelector(\"nav.views a[href*='/inspect/{view}']\").click()";

        static string Slide(string selector, double value) =>
            string.Create(CultureInfo.InvariantCulture, $"() => {{ const slider = document.querySelector(\"{selector}\"); slider.value = {value}; slider.dispatchEvent(new Event('input', {{ bubbles: true }})); }}");

        static string Scrub(int i) => Slide("input[aria-label=Checkpoint]", i % 2);
    }
}
