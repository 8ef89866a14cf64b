using System.Diagnostics;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>What a lab of 200 runs of 10,000 points takes: a measurement, for <c>docs/many-runs.md</c>; run it alone.</summary>
public sealed class ManyRunsTests(BrowserFixture browser, ITestOutputHelper output) : IClassFixture<BrowserFixture>
{
    /// <summary>Milliseconds since the page was asked for when something is first there and painted.</summary>
    private const string Watch = """
        window.__seen = {};
        const looks = { list: () => document.querySelectorAll('ul.runs li').length, compare: () => document.querySelectorAll('section[aria-labelledby=results-title] tbody tr').length,
            curves: () => { const data = document.getElementById('compare-loss')?.data; return data && data.length >= 200 && data.filter(one => one.x && one.x.length > 1).length >= 200 ? 1 : 0; } };
        const look = () => { for (const [name, count] of Object.entries(looks)) if (!(name in window.__seen) && count() > 0) requestAnimationFrame(() => setTimeout(() => window.__seen[name] ??= performance.now())); setTimeout(look, 10); };
        look();
        """;

    [Fact(Explicit = true)]
    public async Task TwoHundredRuns_InListAndComparison_AreThereWithinASecond()
    {
        await using var lab = new RealLab();
        System.IO.Directory.CreateDirectory(lab.Directory.RunsPath);
        var start = Stopwatch.GetTimestamp();
        var ids = ManyRuns.Write(lab.Directory, runs: 200, steps: 10_000);
        Say("written", Stopwatch.GetElapsedTime(start).TotalMilliseconds);

        await lab.InitializeAsync();
        var runs = (TinyLM.Lab.Runs.IRunService)lab.Services.GetService(typeof(TinyLM.Lab.Runs.IRunService))!;
        start = Stopwatch.GetTimestamp();
        Assert.Equal(200, runs.List().Count);
        var rebuilt = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Say("index made from the folders", rebuilt);

        await using (var warm = await browser.OpenAsync(lab.Address)) await warm.GoToAsync("/"); // the server's first page compiles
        await using var window = await browser.OpenAsync(lab.Address);
        await window.Page.AddInitScriptAsync(Watch);
        await window.GoToAsync("/");
        await ShownAsync(window.Page, "list");
        await window.KeepPictureAsync("many-list");
        var compare = $"/compare?runs={string.Join(',', ids)}";
        await using (var warm = await browser.OpenAsync(lab.Address)) await warm.GoToAsync("/compare?runs=" + ids[0]);
        await window.GoToAsync(compare);
        await ShownAsync(window.Page, "compare");
        await ShownAsync(window.Page, "curves");
        await window.KeepPictureAsync("many-compare");
        await window.GoToAsync("/groups/sweep-many");
        await window.KeepPictureAsync("many-group");
        Say("memory of the lab and its tests, MB", Environment.WorkingSet / 1e6);
        Assert.Empty(window.Errors);
    }

    private async Task ShownAsync(IPage page, string what)
    {
        await page.WaitForFunctionAsync("what => window.__seen && what in window.__seen", what, new() { Timeout = 120_000 });
        Say(what, await page.EvaluateAsync<double>("what => window.__seen[what]", what));
    }

    private void Say(string what, double figure) => output.WriteLine(FormattableString.Invariant($"{what}: {figure:0}"));
}
