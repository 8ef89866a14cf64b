using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;
using static Microsoft.Playwright.Assertions;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>Pages that change while they are looked at, in a real browser over a fake lab.</summary>
public sealed class LivePageTests(BrowserFixture browser) : IClassFixture<BrowserFixture>, IAsyncLifetime
{
    private readonly FakeLab _lab = new();
    private FakeRunFeed _run = null!;

    public ValueTask InitializeAsync()
    {
        _run = _lab.Runs.Add(TestRuns.Summary("r", RunStatus.Running)).Train(300);
        return _lab.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Curve_WhileTheRunGoesOn_GrowsAndKeepsWhatAPersonZoomedInto()
    {
        await using var window = await OpenAsync();
        await ExpectPointsAsync(window.Page, 300);
        var plot = (await window.Page.Locator("#loss-chart .nsewdrag").BoundingBoxAsync())!;
        await window.Page.Mouse.MoveAsync(plot.X + plot.Width * 0.5f, plot.Y + plot.Height * 0.2f);
        await window.Page.Mouse.DownAsync();
        await window.Page.Mouse.MoveAsync(plot.X + plot.Width * 0.7f, plot.Y + plot.Height * 0.8f, new MouseMoveOptions { Steps = 5 });
        await window.Page.Mouse.UpAsync();
        var zoomed = await RangeAsync(window.Page);

        Advance(300, 400);
        await ExpectPointsAsync(window.Page, 400);
        Advance(400, 2600); // more than the browser should hold: thinned, and drawn whole
        await window.Page.WaitForFunctionAsync("() => { const x = document.getElementById('loss-chart').data[0].x; return x.length <= 2000 && x[x.length - 1] === 2600; }");

        Assert.InRange(zoomed[0], 100, 200);
        Assert.Equal(zoomed, await RangeAsync(window.Page));
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Curve_AfterTheConnectionWasLost_HasNeitherGapNorDoublePoint()
    {
        await using var window = await OpenAsync();
        await ExpectPointsAsync(window.Page, 300);

        await window.Page.EvaluateAsync("Blazor._internal.forceCloseConnection()");
        Advance(300, 450);
        await ExpectPointsAsync(window.Page, 450);

        var steps = await window.Page.EvaluateAsync<int[]>("document.getElementById('loss-chart').data[0].x");
        Assert.Equal(Enumerable.Range(1, 450), steps);
        await Expect(window.Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Unit_Chosen_StandsInTheAddressAndSurvivesAReload()
    {
        await using var window = await OpenAsync();

        await window.Page.GetByText("bits per byte", new PageGetByTextOptions { Exact = true }).ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex(@"/runs/r\?unit=bits$"));
        await window.Page.ReloadAsync();

        await window.Page.WaitForFunctionAsync("() => document.getElementById('loss-chart')?.layout?.yaxis?.title?.text === 'bits per byte'");
        var floor = await window.Page.EvaluateAsync<double>("document.getElementById('loss-chart').data[3].y[0]");
        Assert.Equal(1.2 / (4 * Math.Log(2)), floor, tolerance: 1e-6);
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Theme_Chosen_RecoloursTheCurveAndSurvivesAReload()
    {
        await using var window = await OpenAsync();
        await ExpectPointsAsync(window.Page, 300);
        var light = await LineColorAsync(window.Page);

        await window.Page.GetByLabel("Use the dark theme").ClickAsync();
        await window.Page.WaitForFunctionAsync("light => document.getElementById('loss-chart').data[1].line.color !== light", light);
        await window.Page.ReloadAsync();

        await Expect(window.Page.GetByLabel("Use the light theme")).ToBeVisibleAsync();
        await ExpectPointsAsync(window.Page, 300);
        Assert.NotEqual(light, await LineColorAsync(window.Page));
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task Sampling_AfterAReload_StandsAsItWas()
    {
        await using var window = await OpenAsync();

        await window.Page.GetByLabel("Prompt", new PageGetByLabelOptions { Exact = true }).FillAsync("The old tree");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Generate" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Article)).ToHaveTextAsync("The old tree there was a fox.");
        await window.Page.GetByText("More settings").ClickAsync();
        await window.Page.GetByLabel("Shade tokens by how surprising they are").CheckAsync();
        await window.KeepPictureAsync("sampling", wholePage: true);
        await window.Page.ReloadAsync();

        await Expect(window.Page.GetByRole(AriaRole.Article)).ToHaveTextAsync("The old tree there was a fox.");
        await Expect(window.Page.GetByLabel("Prompt", new PageGetByLabelOptions { Exact = true })).ToHaveValueAsync("The old tree");
        Assert.Empty(window.Errors);
    }

    [Fact]
    public async Task File_Chosen_ArrivesWhole()
    {
        await using var window = await browser.OpenAsync(_lab.Address);
        await window.GoToAsync("/corpora");
        var text = string.Join('\n', Enumerable.Range(0, 200_000).Select(i => $"line {i:D6}"));

        await window.Page.GetByLabel("Text or JSONL files to add").SetInputFilesAsync(new FilePayload { Name = "lines.txt", MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });

        await Expect(window.Page.GetByText("“lines.txt” is in the library: 200,000 documents, 2.4 MB.")).ToBeVisibleAsync();
        Assert.Empty(window.Errors);
    }

    private static Task<double[]> RangeAsync(IPage page) => page.EvaluateAsync<double[]>("document.getElementById('loss-chart').layout.xaxis.range");

    private static Task<string> LineColorAsync(IPage page) => page.EvaluateAsync<string>("document.getElementById('loss-chart').data[1].line.color");

    private static async Task ExpectPointsAsync(IPage page, int count) =>
        await page.WaitForFunctionAsync("count => document.getElementById('loss-chart')?.data?.[0]?.x?.length === count", count);

    private void Advance(int from, int to)
    {
        for (var step = from + 1; step <= to; step++) _run.Add(TestRuns.Step(step));
    }

    private async Task<BrowserWindow> OpenAsync()
    {
        var window = await browser.OpenAsync(_lab.Address);
        await window.GoToAsync("/runs/r");
        return window;
    }
}
