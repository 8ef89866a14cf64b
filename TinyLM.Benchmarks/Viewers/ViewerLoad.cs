using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TinyLM.Benchmarks.Viewers;

/// <summary>What viewers of a live run cost: a lab of its own trains the quick preset, first with nobody looking, then with many, in turns.</summary>
/// <remarks>
/// The viewers are circuits without a browser, in this process: the server does for them all that it does for browsers, and what
/// browsers compute is left out. Speed is steps a second by the run's own events; a turn's first seconds are not counted. An
/// update's age is from the time of the newest step's event to its arrival at a viewer.
/// </remarks>
/// <param name="program">Path of the built lab.</param>
/// <param name="viewers">How many look.</param>
/// <param name="seconds">Seconds of a turn with viewers; one without lasts a minute at most.</param>
/// <param name="turns">Turns with viewers, each after one without.</param>
internal sealed partial class ViewerLoad(string program, int viewers, int seconds, int turns)
{
    private const int SettlingSeconds = 5;

    /// <summary>A turn without viewers need not be as long as one that looks for growing memory.</summary>
    private const int MostSecondsAlone = 60;

    private readonly ConcurrentQueue<(int Step, DateTimeOffset At)> _arrivals = new();

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var data = Directory.CreateTempSubdirectory("tinylm-viewers-").FullName;
        using var lab = Process.Start(new ProcessStartInfo(program, ["serve", "--data", data, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            var address = await AddressAsync(lab, ct);
            using var http = new HttpClient { BaseAddress = address };
            var run = await StartRunAsync(http, ct);
            await WaitForStepAsync(http, run, 100, ct);
            var (alone, watched) = (new List<double>(), new List<double>());
            for (var turn = 0; turn < turns; turn++)
            {
                alone.Add(await SpeedAsync(http, lab, run, "nobody", Math.Min(seconds, MostSecondsAlone), ct));
                var circuits = new List<BlazorCircuit>();
                for (var i = 0; i < viewers; i++) circuits.Add(await BlazorCircuit.OpenAsync(http, new Uri(address, $"/runs/{run}"), Note, ct));
                watched.Add(await SpeedAsync(http, lab, run, $"{viewers} viewers", seconds, ct));
                var error = circuits.Select(circuit => circuit.Error).FirstOrDefault(one => one is not null);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {circuits.Count(circuit => circuit.Error is null && circuit.Batches > 1)} of {viewers} circuits alive, {circuits.Average(circuit => circuit.Batches):F0} render batches and {circuits.Average(circuit => circuit.ReceivedBytes) / 1024:F0} KB each{(error is null ? "" : $"; first error: {error}")}"));
                foreach (var circuit in circuits) await circuit.DisposeAsync();
            }
            await PrintAgesAsync(http, run, ct);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"steps a second: {Median(alone):F2} with nobody, {Median(watched):F2} with {viewers} viewers ({100 * (Median(watched) / Median(alone) - 1):F1}%)"));
            await http.PostAsync($"/api/runs/{run}/discard", null, ct);
        }
        finally
        {
            if (!lab.HasExited) lab.Kill(entireProcessTree: true);
            await lab.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Takes note of the newest step in points that are sent to the loss's chart.</summary>
    private void Note(string call, JsonElement arguments)
    {
        if (call != "extendTraces" || arguments.GetArrayLength() < 2 || arguments[0].GetString() != "loss-chart") return;
        var places = arguments[1][0];
        if (places.GetArrayLength() > 0) _arrivals.Enqueue((places[places.GetArrayLength() - 1].GetInt32(), DateTimeOffset.UtcNow));
    }

    private static async Task<Uri> AddressAsync(Process lab, CancellationToken ct)
    {
        while (await lab.StandardOutput.ReadLineAsync(ct) is { } line)
            if (ReadyLine().Match(line) is { Success: true } match)
            {
                _ = lab.StandardOutput.ReadToEndAsync(CancellationToken.None); // or it would wait for a reader one day
                return new Uri(match.Groups[1].Value);
            }
        throw new InvalidOperationException("The lab ended before it was ready.");
    }

    private static async Task<string> StartRunAsync(HttpClient http, CancellationToken ct)
    {
        var spec = Model.Runs.RunPresets.Quick.Spec;
        spec = spec with { Name = "watched", Data = spec.Data with { StoryBytes = 1_000_000 }, Training = spec.Training with { Steps = 1_000_000, EvaluationInterval = 1_000, SampleInterval = 0, CheckpointInterval = 100_000 } };
        using var content = new StringContent(spec.ToJson(), System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/api/runs", content, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>(ct))!["id"]!.GetValue<string>();
    }

    private static async Task<int> StepAsync(HttpClient http, string run, CancellationToken ct) =>
        (await http.GetFromJsonAsync<JsonObject>($"/api/runs/{run}", ct))!["step"]!.GetValue<int>();

    private static async Task WaitForStepAsync(HttpClient http, string run, int step, CancellationToken ct)
    {
        while (await StepAsync(http, run, ct) < step) await Task.Delay(500, ct);
    }

    private static async Task<double> SpeedAsync(HttpClient http, Process lab, string run, string who, int length, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(SettlingSeconds), ct);
        var (before, (labBefore, ownBefore), memory, start) = (await StepAsync(http, run, ct), ProcessorTimes(lab), Megabytes(lab), Stopwatch.GetTimestamp());
        await Task.Delay(TimeSpan.FromSeconds(length), ct);
        var (after, (labAfter, ownAfter), passed) = (await StepAsync(http, run, ct), ProcessorTimes(lab), Stopwatch.GetElapsedTime(start));
        var speed = (after - before) / passed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{who}: {speed:F2} steps/s, the lab takes {100 * ((labAfter - labBefore) / passed):F0}% of a processor and what plays the viewers {100 * ((ownAfter - ownBefore) / passed):F0}%; the lab holds {memory:F0} MB at first and {Megabytes(lab):F0} MB at last"));
        return speed;
    }

    private static double Megabytes(Process lab) => lab.WorkingSet64 / 1048576.0; // as of the last refresh

    private static (TimeSpan Lab, TimeSpan Own) ProcessorTimes(Process lab)
    {
        lab.Refresh();
        using var own = Process.GetCurrentProcess();
        return (lab.TotalProcessorTime, own.TotalProcessorTime);
    }

    private async Task PrintAgesAsync(HttpClient http, string run, CancellationToken ct)
    {
        var steps = (await http.GetFromJsonAsync<JsonObject>($"/api/runs/{run}/metrics", ct))!["steps"]!.AsArray()
            .ToDictionary(step => step!["step"]!.GetValue<int>(), step => step!["time"]!.GetValue<DateTimeOffset>());
        var ages = _arrivals.Where(arrival => steps.ContainsKey(arrival.Step)).Select(arrival => (arrival.At - steps[arrival.Step]).TotalMilliseconds).Order().ToList();
        Console.WriteLine(ages.Count == 0
            ? "no update arrived"
            : string.Create(CultureInfo.InvariantCulture, $"age of updates, ms: median {ages[ages.Count / 2]:F0}, 95th percentile {ages[(int)(0.95 * (ages.Count - 1))]:F0}, longest {ages[^1]:F0} ({ages.Count:N0} updates)"));
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    [GeneratedRegex(@"is ready at (http://\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex ReadyLine();
}
