using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Lab.Models;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;

namespace TinyLM.Lab.Tests.Lab.Api;

/// <summary>
/// How long the lab goes on writing for a client that hung up. It asserts no time and is to be asked for by name, in a release build, on
/// a quiet machine; docs/decoding-speed.md has the figures. That the writing ends is tested in <see cref="CompletionsTests"/>.
/// </summary>
public sealed class HangUpTimes
{
    private const int Repeats = 20;

    private readonly StringBuilder _report = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Client_ThatHangsUp_UntilTheWritingEnds()
    {
        await using var lab = new RealLab();
        lab.AddTrainedRun("m", ModelShapes.Find("llama2c-15m")!.Config);
        await lab.InitializeAsync();
        var host = (ModelHost)lab.Services.GetRequiredKeyedService<IModelHost>(Guarding.Inside);
        using var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }; // else it reads on for two seconds before it hangs up
        using var client = new HttpClient(handler) { BaseAddress = lab.Address, Timeout = Timeout.InfiniteTimeSpan };
        await MeasureAsync("warming up", 1, streams: true);
        await MeasureAsync("one client, streamed", 1, streams: true);
        await MeasureAsync("one client, not streamed", 1, streams: false);
        await MeasureAsync("ten clients at once, streamed", 10, streams: true);
        await MeasureAsync("ten clients at once, not streamed", 10, streams: false);
        await MeasureAsync("one client with a prompt of 4,000 characters, while it is read", 1, streams: true, prompt: new string('a', 4_000), afterMilliseconds: 5);
        TestContext.Current.TestOutputHelper!.WriteLine(_report.ToString());

        async Task MeasureAsync(string what, int clients, bool streams, string prompt = "Once", int afterMilliseconds = 200)
        {
            var times = new List<double>();
            for (var repeat = 0; repeat < Repeats; repeat++)
            {
                using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                var asking = Enumerable.Range(0, clients).Select(_ => AskAsync(hangUp.Token)).ToList();
                await Eventually.HoldsAsync(() => host.IsWriting, "a text is being written");
                await Task.Delay(afterMilliseconds, Cancel);
                var start = Stopwatch.GetTimestamp();
                await hangUp.CancelAsync();
                while (host.IsWriting) await Task.Delay(1, Cancel);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                await Task.WhenAll(asking);
            }
            times.Sort();
            _report.AppendLine(CultureInfo.InvariantCulture, $"{what}: {times[Repeats / 2]:0} ms in the median, {times[^1]:0} at most");

            async Task AskAsync(CancellationToken hangUp)
            {
                try
                {
                    using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(new { model = "m", prompt, max_tokens = 1_000_000, temperature = 0, stream = streams }) };
                    using var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, hangUp);
                    await using var stream = await answer.Content.ReadAsStreamAsync(hangUp);
                    while (await stream.ReadAsync(new byte[4096], hangUp) > 0) { }
                }
                catch (OperationCanceledException)
                {
                    // hung up
                }
            }
        }
    }
}
