using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyLM.Lab.Api;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Tests.Lab.Api;

public sealed class RunEndpointsTests(RealLab lab) : IClassFixture<RealLab>, IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = lab.Address };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task List_WithAFilter_GivesTheRunsThatFit()
    {
        lab.AddTrainedRun("listed");
        await _client.GetAsync("/api/runs/listed", Cancellation); // asked for by its id a run that others made is known at once

        var runs = await _client.GetFromJsonAsync<JsonArray>("/api/runs?filter=listed%20steps%3D40", Cancellation);
        var refusal = await _client.GetAsync("/api/runs?filter=layrs%3D4", Cancellation);

        Assert.Equal("listed", Assert.Single(runs!)!["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.Contains("Did you mean 'layers'?", await DetailAsync(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Unknown_IsNotFoundInWords()
    {
        foreach (var path in (string[])["", "/spec", "/metrics", "/stream", "/metrics.csv", "/events.jsonl", "/tensorboard"])
        {
            var answer = await _client.GetAsync($"/api/runs/nothing{path}", Cancellation);

            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("There is no run 'nothing'.", await DetailAsync(answer));
        }
    }

    [Fact]
    public async Task Sweep_SoundAndBroken_IsQueuedOrRefusedInWords()
    {
        await _client.PostAsync("/api/queue/pause", null, Cancellation);

        var broken = await _client.PostAsync("/api/sweeps", Body("""{"sweep": ["layrs=2,4"]}"""), Cancellation);
        var answer = await _client.PostAsync("/api/sweeps", Body("""{"spec": {"training": {"steps": 60}}, "sweep": ["layers=1,2", "seed=3"], "name": "Depths"}"""), Cancellation);
        var runs = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!.AsArray();
        var ids = runs.Select(run => run!["id"]!.GetValue<string>()).ToList();
        var moved = await _client.PostAsync($"/api/queue/{ids[1]}/move?place=0", null, Cancellation);
        var queue = await _client.GetFromJsonAsync<JsonObject>("/api/queue", Cancellation);
        foreach (var id in ids) await _client.PostAsync($"/api/runs/{id}/stop", null, Cancellation);
        await _client.PostAsync("/api/queue/resume", null, Cancellation);

        Assert.Contains("Did you mean 'layers'?", await DetailAsync(broken), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Accepted), (answer.StatusCode, moved.StatusCode));
        Assert.Equal(["Depths", "Depths"], runs.Select(run => run!["group"]!["name"]!.GetValue<string>()));
        Assert.True(queue!["isPaused"]!.GetValue<bool>());
        Assert.Equal([ids[1], ids[0]], queue["runs"]!.AsArray().Select(run => run!["id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Start_SoundAndBrokenSpecs_AreTakenOrRefusedInWords()
    {
        var spec = RunPresets.Quick.Spec with { Name = "Over HTTP", Training = RunPresets.Quick.Spec.Training with { Steps = 5, WarmupSteps = 0 } };

        var broken = await _client.PostAsync("/api/runs", Body((spec with { Training = spec.Training with { Steps = 0 } }).ToJson()), Cancellation);
        var unknown = await _client.PostAsync("/api/runs", Body("{\"stepz\": 5}"), Cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (broken.StatusCode, unknown.StatusCode));
        Assert.Contains("Steps are 0", await DetailAsync(broken), StringComparison.Ordinal);
        Assert.Contains("stepz", await DetailAsync(unknown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_UnknownOrOfAnEndedRun_IsAnsweredInWords()
    {
        lab.AddTrainedRun("commanded");

        var unknown = await _client.PostAsync("/api/runs/commanded/dance", null, Cancellation);
        var stop = await _client.PostAsync("/api/runs/commanded/stop", null, Cancellation);

        Assert.Contains("There is no command 'dance'; expected pause, resume,", await DetailAsync(unknown), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, stop.StatusCode); // nothing to stop: asking twice does no more than asking once
    }

    [Fact]
    public async Task Metrics_SinceACursor_GivesOnlyWhatIsNew()
    {
        lab.AddTrainedRun("measured");

        var all = await MetricsAsync("/api/runs/measured/metrics");
        var rest = await MetricsAsync($"/api/runs/measured/metrics?after={all.Cursor}");
        var nonsense = await MetricsAsync("/api/runs/measured/metrics?after=-1-x");

        Assert.Equal((true, 40, 1), (all.IsReset, all.Steps.Count, all.Evaluations.Count));
        Assert.Equal((false, 0, 0), (rest.IsReset, rest.Steps.Count, rest.Evaluations.Count));
        Assert.Equal(40, nonsense.Steps.Count);
    }

    [Fact]
    public async Task Stream_GoesOnWhereTheLastEventIdSays()
    {
        lab.AddTrainedRun("streamed");

        var first = await EventsAsync("/api/runs/streamed/stream", lastEventId: null);
        var second = await EventsAsync("/api/runs/streamed/stream", first[^1].EventId);

        Assert.Equal("end", first[^1].EventType);
        Assert.Equal(40, first.Where(one => one.EventType == "metrics").Sum(one => Read(one.Data).Steps.Count)); // in one piece or more: the lab may look while the run is written
        Assert.Empty(Read(second[0].Data).Steps);
    }

    [Fact]
    public async Task Csv_HasARowAStepWithItsValidationLoss()
    {
        lab.AddTrainedRun("tabled");

        var lines = (await _client.GetStringAsync("/api/runs/tabled/metrics.csv", Cancellation)).Split("\r\n");

        Assert.Equal("step,loss,learning_rate,gradient_norm,tokens,tokens_per_second,wall_time,flops_utilization,update_ratio,data_seconds,forward_seconds,backward_seconds,optimizer_seconds,validation_loss", lines[0]);
        Assert.Equal(42, lines.Length); // head, 40 steps, and nothing behind the last line break
        Assert.StartsWith("1,7.6,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(FormattableString.Invariant($",{TestRuns.Evaluation(40).Loss:R}"), lines[40], StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventsAndTensorBoard_AreFilesToTakeAway()
    {
        var run = lab.AddTrainedRun("taken");

        var events = await _client.GetAsync("/api/runs/taken/events.jsonl", Cancellation);
        var board = await _client.GetAsync("/api/runs/taken/tensorboard", Cancellation);

        Assert.Equal(File.ReadAllText(run.EventsPath), await events.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("tfevents", board.Content.Headers.ContentDisposition!.FileName, StringComparison.Ordinal);
        using var file = new MemoryStream(await board.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(42, TinyLM.Lab.Runs.Export.TensorBoardFile.Read(file).Count()); // version, 40 steps, 1 evaluation
    }

    [Fact]
    public async Task OpenApi_DescribesEveryAddress()
    {
        var paths = (await _client.GetFromJsonAsync<JsonObject>("/api/openapi.json", Cancellation))!["paths"]!.AsObject().Select(path => path.Key).ToList();

        Assert.Superset(new HashSet<string> { "/api/runs", "/api/runs/{id}", "/api/runs/{id}/metrics", "/api/runs/{id}/stream", "/api/runs/{id}/{command}" }, paths.ToHashSet());
    }

    [Fact]
    public async Task Health_WhileTheDataDirectoryCanBeWritten_IsHealthy() => Assert.Equal("Healthy", await _client.GetStringAsync("/health", Cancellation));

    [Fact]
    public async Task Command_FromAnotherSite_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs/r/stop") { Headers = { { "Origin", "https://evil.example" } } };

        Assert.Equal(HttpStatusCode.Forbidden, (await _client.SendAsync(request, Cancellation)).StatusCode);
    }

    private async Task<RunMetrics> MetricsAsync(string path) => Read(await _client.GetStringAsync(path, Cancellation));

    private async Task<List<SseItem<string>>> EventsAsync(string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var items = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(Cancellation)).EnumerateAsync(Cancellation)) items.Add(item);
        return items;
    }

    private static RunMetrics Read(string json) => JsonSerializer.Deserialize<RunMetrics>(json, RunJson.Line)!;

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<string> DetailAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["detail"]!.GetValue<string>();
}
