using System.CommandLine;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Commands;
using TinyLM.Lab.Models;
using TinyLM.Lab.Security;
using TinyLM.Lab.Studio;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Tests.Lab.Api;

/// <summary>The completions of the lab as it is, by plain HTTP.</summary>
public sealed class CompletionsTests : IClassFixture<RealLab>, IDisposable
{
    private readonly HttpClient _client;
    private readonly RealLab _lab;

    public CompletionsTests(RealLab lab)
    {
        _lab = lab;
        if (!Directory.Exists(Path.Combine(lab.Directory.RunsPath, "r"))) lab.AddTrainedRun("r");
        _client = new HttpClient { BaseAddress = lab.Address };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Completion_OfASeed_IsTheTextOfThePages()
    {
        var request = new TextRequest { Prompt = "Once", Settings = new SamplingSettings { Temperature = 0.8, MaxTokens = 10, Seed = 4, MinP = 0.01, RepetitionPenalty = 1.2 } };
        var pieces = await _lab.Services.GetRequiredKeyedService<IModelHost>(Guarding.Inside).GenerateAsync(ModelReference.OfRun("r"), request, Cancel).ToListAsync(Cancel);

        var answer = await AskAsync(new { model = "r", prompt = "Once", temperature = 0.8, max_tokens = 10, seed = 4, min_p = 0.01, repetition_penalty = 1.2, logprobs = 2 });

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.Equal(string.Concat(pieces.Select(piece => piece.Text)), choice.GetProperty("text").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        var logprobs = choice.GetProperty("logprobs");
        Assert.Equal(pieces.Select(piece => piece.LogProbability), logprobs.GetProperty("token_logprobs").EnumerateArray().Select(one => one.GetDouble()));
        Assert.Equal(pieces.SkipLast(1).Aggregate(new List<int> { 0 }, (offsets, piece) => [.. offsets, offsets[^1] + piece.TokenText.Length]), logprobs.GetProperty("text_offset").EnumerateArray().Select(one => one.GetInt32()));
        Assert.All(logprobs.GetProperty("top_logprobs").EnumerateArray(), one => Assert.Equal(2, one.EnumerateObject().Count()));
        Assert.Equal((4, 10, 14), (Usage(answer, "prompt_tokens"), Usage(answer, "completion_tokens"), Usage(answer, "total_tokens")));
    }

    /// <summary>Every sampler is on, and the text is longer than the context.</summary>
    [Fact]
    public async Task Text_OfASeed_IsTheSameOnThePageOnTheCommandLineAndOverHttp()
    {
        var settings = new SamplingSettings
        {
            Temperature = 0.9,
            TopK = 80,
            TopP = 0.97,
            MinP = 0.001,
            TypicalP = 0.99,
            RepetitionPenalty = 1.1,
            FrequencyPenalty = 0.2,
            PresencePenalty = 0.1,
            Order = SamplingOrder.TemperatureLast,
            MaxTokens = 50,
            Seed = 77,
        };

        var session = _lab.Services.GetRequiredService<StudioSessions>().Open(StudioSessions.NewId());
        session.Draft = session.Draft with { Model = ModelReference.OfRun("r", 40), Prompt = "Once", Settings = settings, NewSeedEachTime = false, Stops = "never written" };
        session.Write();
        await Eventually.HoldsAsync(() => !session.IsWriting(session.Tree.Current) && session.Tree.Branches.Count > 0, "the page has its text");
        var onThePage = string.Concat(session.Tree.Branches[0].Tokens.Select(token => token.Text));

        using var output = new StringWriter();
        await LabCommandLine.Create().Parse(
            [
                "generate", "--model", "run/r@40", "--prompt", "Once", "--temperature", "0.9", "--top-k", "80", "--top-p", "0.97", "--min-p", "0.001", "--typical-p", "0.99", "--repetition-penalty", "1.1",
                "--frequency-penalty", "0.2", "--presence-penalty", "0.1", "--order", "temperature-last", "--max-tokens", "50", "--seed", "77", "--stop", "never written", "--threads", "2", "--data", _lab.Directory.Path,
            ]).InvokeAsync(new InvocationConfiguration { Output = output }, Cancel);

        var overHttp = await AskAsync(new
        {
            model = "run/r@40",
            prompt = "Once",
            temperature = 0.9,
            top_k = 80,
            top_p = 0.97,
            min_p = 0.001,
            typical_p = 0.99,
            repetition_penalty = 1.1,
            frequency_penalty = 0.2,
            presence_penalty = 0.1,
            order = "temperature_last",
            max_tokens = 50,
            seed = 77,
            stop = "never written",
        });

        Assert.NotEmpty(onThePage);
        Assert.Null(session.Problem);
        Assert.Equal("Once" + onThePage + Environment.NewLine, output.ToString());
        Assert.Equal(onThePage, overHttp.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Completion_OfSeveralPromptsAndTexts_KeepsTheirOrder()
    {
        var answer = await AskAsync(new { model = "run/r@40", prompt = (string[])["a", "bc"], n = 2, max_tokens = 3, seed = 9, echo = true });
        var second = await AskAsync(new { model = "run/r@40", prompt = (int[])[256, 'b', 'c'], max_tokens = 3, seed = 10, echo = true });

        var texts = answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()!).ToList();
        Assert.Equal([0, 1, 2, 3], answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.All(texts.Take(2), text => Assert.StartsWith("a", text, StringComparison.Ordinal));
        Assert.All(texts.Skip(2), text => Assert.StartsWith("bc", text, StringComparison.Ordinal));
        Assert.Equal(texts[3], second.GetProperty("choices")[0].GetProperty("text").GetString()); // the second text has the next seed
        Assert.Equal((3, 12), (Usage(answer, "prompt_tokens"), Usage(answer, "completion_tokens")));
    }

    [Fact]
    public async Task Stream_OfTwoTexts_SendsEventsUntilDone()
    {
        var whole = await AskAsync(new { model = "r", prompt = "x", n = 2, max_tokens = 6, seed = 1 });

        using var answer = await PostAsync(new { model = "r", prompt = "x", n = 2, max_tokens = 6, seed = 1, stream = true, stream_options = new { include_usage = true } });
        var events = (await answer.Content.ReadAsStringAsync(Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.All(events, one => Assert.StartsWith("data: ", one, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(one => JsonDocument.Parse(one["data: ".Length..]).RootElement).ToList();
        Assert.Equal(12, Usage(chunks[^1], "completion_tokens"));
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var index = choice.GetProperty("index").GetInt32();
            var pieces = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).Where(one => one.GetProperty("index").GetInt32() == index).ToList();
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(pieces.Select(one => one.GetProperty("text").GetString())));
            Assert.Equal("length", Assert.Single(pieces, one => one.GetProperty("finish_reason").ValueKind == JsonValueKind.String).GetProperty("finish_reason").GetString());
        }
    }

    [Fact]
    public async Task Stop_String_EndsTheTextBeforeIt()
    {
        var whole = await AskAsync(new { model = "r", prompt = "x", max_tokens = 60, seed = 1, temperature = 0.8 });
        var text = whole.GetProperty("choices")[0].GetProperty("text").GetString()!;

        var stopped = await AskAsync(new { model = "r", prompt = "x", max_tokens = 60, seed = 1, temperature = 0.8, stop = text[10..13] });

        var choice = stopped.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(text[..text.IndexOf(text[10..13], StringComparison.Ordinal)], choice.GetProperty("text").GetString());
    }

    public static TheoryData<object, HttpStatusCode, string, string> WrongRequests => new()
    {
        { new { prompt = "x" }, HttpStatusCode.BadRequest, "missing_parameter", "'model' is missing" },
        { new { model = "none", prompt = "x" }, HttpStatusCode.NotFound, "model_not_found", "There is no run 'none'" },
        { new { model = "../r", prompt = "x" }, HttpStatusCode.NotFound, "model_not_found", "There is no model '../r'" },
        { new { model = "r", prompt = 7 }, HttpStatusCode.BadRequest, "invalid_value", "'prompt' must be" },
        { new { model = "r", prompt = new object[] { "x", 7 } }, HttpStatusCode.BadRequest, "invalid_value", "'prompt' must be" },
        { new { model = "r", prompt = (int[])[999] }, HttpStatusCode.BadRequest, "invalid_value", "There is no token 999" },
        { new { model = "r", temperature = -1 }, HttpStatusCode.BadRequest, "invalid_value", "Temperature is -1" },
        { new { model = "r", top_k = 0 }, HttpStatusCode.BadRequest, "invalid_value", "Top-k is 0" },
        { new { model = "r", n = 0 }, HttpStatusCode.BadRequest, "invalid_value", "'n' is 0" },
        { new { model = "r", temperature = "NaN" }, HttpStatusCode.BadRequest, "invalid_json", "$.temperature" },
        { new { model = "r", temperature = "warm" }, HttpStatusCode.BadRequest, "invalid_json", "$.temperature" },
        { new { model = "r", stop = "" }, HttpStatusCode.BadRequest, "invalid_value", "A stop string is empty" },
        { new { model = "r", suffix = "end" }, HttpStatusCode.BadRequest, "unsupported_parameter", "from left to right" },
        { new { model = "r", prompt = new string('x', 10_000_000) }, HttpStatusCode.BadRequest, "invalid_value", "The prompt has 10,000,000 characters" },
        { new { model = "r", prompt = new string('x', 100), context = "refuse" }, HttpStatusCode.BadRequest, "context_length_exceeded", "101 tokens and the model's context 32" },
        { new { model = "r", prompt = new string('x', 100), context = "refuse", stream = true }, HttpStatusCode.BadRequest, "context_length_exceeded", "101 tokens" },
    };

    [Theory]
    [MemberData(nameof(WrongRequests), DisableDiscoveryEnumeration = true)]
    public async Task Request_ThatMakesNoSense_IsAnsweredInTheShapeOfAnError(object body, HttpStatusCode status, string code, string words)
    {
        using var answer = await PostAsync(body);

        Assert.Equal(status, answer.StatusCode);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        Assert.Equal((code, "invalid_request_error"), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ThatIsNoJsonOrGoesElsewhere_IsAnsweredInTheShapeOfAnError()
    {
        using var torn = await _client.PostAsync("/v1/completions", new StringContent("{\"model\":", Encoding.UTF8, "application/json"), Cancel);
        using var form = await _client.PostAsync("/v1/completions", new StringContent("model=r", Encoding.UTF8, "application/x-www-form-urlencoded"), Cancel);
        using var elsewhere = await _client.GetAsync("/v1/engines", Cancel);

        Assert.Equal([HttpStatusCode.BadRequest, HttpStatusCode.UnsupportedMediaType, HttpStatusCode.NotFound], new[] { torn, form, elsewhere }.Select(answer => answer.StatusCode));
        foreach (var answer in new[] { torn, form, elsewhere })
            Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task Client_ThatHangsUp_EndsTheWriting()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(new { model = "r", max_tokens = 1_000_000, temperature = 0, stream = true, logit_bias = new { } }) };
        using (var answer = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, hangUp.Token))
        using (var stream = await answer.Content.ReadAsStreamAsync(hangUp.Token))
        {
            Assert.True(await stream.ReadAsync(new byte[100], hangUp.Token) > 0);
            Assert.True(((ModelHost)_lab.Services.GetRequiredKeyedService<IModelHost>(Guarding.Inside)).IsWriting);
        }

        await Eventually.HoldsAsync(() => !((ModelHost)_lab.Services.GetRequiredKeyedService<IModelHost>(Guarding.Inside)).IsWriting, "no text is being written");
    }

    [Fact]
    public async Task Client_ThatHangsUpBeforeAnAnswerThatIsNotStreamed_EndsTheWriting()
    {
        var host = (ModelHost)_lab.Services.GetRequiredKeyedService<IModelHost>(Guarding.Inside);
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = _client.PostAsync("/v1/completions", JsonContent.Create(new { model = "r", max_tokens = 1_000_000, temperature = 0 }), hangUp.Token);
        await Eventually.HoldsAsync(() => host.IsWriting, "the text is being written");

        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Eventually.HoldsAsync(() => !host.IsWriting, "no text is being written");
    }

    private async Task<JsonElement> AskAsync(object body)
    {
        using var answer = await PostAsync(body);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.True(answer.IsSuccessStatusCode, json.ToString());
        return json;
    }

    private Task<HttpResponseMessage> PostAsync(object body) => _client.PostAsync("/v1/completions", JsonContent.Create(body, body.GetType()), Cancel);

    private static int Usage(JsonElement answer, string name) => answer.GetProperty("usage").GetProperty(name).GetInt32();
}
