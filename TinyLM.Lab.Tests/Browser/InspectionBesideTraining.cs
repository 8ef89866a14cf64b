using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Components.Pages.Inspect;
using TinyLM.Lab.Inspection;
using TinyLM.Lab.Models;
using TinyLM.Lab.Runs;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Browser;

/// <summary>
/// What looking inside costs a run that trains: steps a second of a real run with nobody looking, with prompts read by its newest
/// checkpoint, and with a browser on the pages. It asserts no time and is to be asked for by name, in a release build, on a quiet
/// machine; docs/inspection-speed.md has the figures.
/// </summary>
public sealed class InspectionBesideTraining(BrowserFixture browser) : IClassFixture<BrowserFixture>
{
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(20);

    private readonly StringBuilder _report = new();
    private readonly List<double> _readings = []; // milliseconds
    private int _prompts;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Run_WithPeopleWhoLookInside()
    {
        await using var lab = new RealLab();
        await lab.InitializeAsync();
        var runs = lab.Services.GetRequiredKeyedService<IRunService>(Guarding.Inside);
        var inspector = lab.Services.GetRequiredKeyedService<IModelInspector>(Guarding.Inside);
        var run = await runs.StartAsync(RunPresets.Quick.Spec with { Name = "Watched", Training = RunPresets.Quick.Spec.Training with { Steps = 100_000, CheckpointInterval = 50 } }, Cancel);
        var feed = runs.OpenFeed(run.Id)!;
        while (feed.Read(default).Checkpoints.Count <= 3) await Task.Delay(500, Cancel);
        await using var window = await browser.OpenAsync(lab.Address);
        await window.Page.GotoAsync("about:blank");

        for (var turn = 0; turn < 3; turn++)
        {
            Tell("nobody", await MeasureAsync());
            foreach (var every in (double[])[1, 0.25])
                Tell(string.Create(CultureInfo.InvariantCulture, $"a prompt of 120 tokens read every {every} s"), await MeasureAsync(_ => ReadAsync(every)));
            await window.Page.GotoAsync(new Uri(lab.Address, $"/runs/{run.Id}").ToString());
            Tell("the run's page in a browser", await MeasureAsync());
            await window.Page.GotoAsync(new Uri(lab.Address, new InspectState { Model = ModelReference.OfRun(run.Id), Prompt = "Once upon a time there was a little girl." }.ToAddress("attention")).ToString());
            Tell("the attention page in a browser, at rest", await MeasureAsync());
            Tell("there another head each second", await MeasureAsync(HeadAsync));
            await window.Page.GotoAsync("about:blank");
        }

        await runs.DiscardAsync(run.Id, Cancel);
        TestContext.Current.TestOutputHelper!.WriteLine(_report.ToString());
        await File.WriteAllTextAsync(Path.Combine(Repository.Top, "artifacts", "inspection-beside-training.txt"), _report.ToString(), Cancel);

        async Task<double> MeasureAsync(Func<int, Task>? act = null)
        {
            var before = feed.Read(default).Summary.Step;
            var clock = Stopwatch.StartNew();
            for (var i = 0; clock.Elapsed < s_turn; i++) await (act?.Invoke(i) ?? Task.Delay(100, Cancel));
            return (feed.Read(default).Summary.Step - before) / clock.Elapsed.TotalSeconds;
        }

        async Task ReadAsync(double seconds)
        {
            var start = Stopwatch.GetTimestamp();
            var prompt = string.Concat(Enumerable.Repeat($"{_prompts++} A little girl had a red ball. ", 20)); // another each time: what was read is kept
            var reading = await inspector.ReadAsync(ModelReference.OfRun(run.Id), prompt, Cancel);
            Assert.NotEmpty(reading.Tokens);
            _readings.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0.011, seconds - Stopwatch.GetElapsedTime(start).TotalSeconds)), Cancel);
        }

        async Task HeadAsync(int i)
        {
            await window.Page.ClickAsync($"[aria-label='Layer {1 + i % 2}, head {1 + i % 3}']");
            await Task.Delay(1000, Cancel);
        }
    }

    private void Tell(string what, double stepsPerSecond)
    {
        _report.Append(CultureInfo.InvariantCulture, $"{what}: {stepsPerSecond:0.00} steps a second");
        if (_readings.Count > 0) _report.Append(CultureInfo.InvariantCulture, $"; a reading took {_readings.Order().ElementAt(_readings.Count / 2):0} ms, {_readings.Count} of them");
        _report.AppendLine();
        _readings.Clear();
    }
}
