using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace TinyLM.Benchmarks;

/// <summary>How long clients of a running lab wait for each token, when several write at the same time.</summary>
/// <remarks>
/// <c>-- serving &lt;address&gt; &lt;model&gt; &lt;clients&gt;</c>: each client streams texts over HTTP one after the other for half a minute, with
/// prompts and seeds of its own. Start a training run beside it to see what the two take from each other.
/// </remarks>
internal static class ServingLatency
{
    private const int TextLength = 200;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(30);

    /// <summary>Lets the clients write and tells what they waited.</summary>
    public static async Task RunAsync(string address, string model, int clients)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };
        var start = Stopwatch.GetTimestamp();
        var waits = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => WriteAsync(http, model, client, start))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine("| | tokens | median, ms | 99th percentile, ms | longest, ms |");
        Console.WriteLine("|---|---|---|---|---|");
        Tell("first token of all, the model is loaded", [.. waits.Select(one => one.First[0])]);
        Tell("first token of a text", [.. waits.SelectMany(one => one.First.Skip(1))]);
        Tell("next token", [.. waits.SelectMany(one => one.Next)]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{waits.Sum(one => one.First.Count + one.Next.Count) / seconds:F0} tokens a second"));
    }

    private static async Task<(List<double> First, List<double> Next)> WriteAsync(HttpClient http, string model, int client, long start)
    {
        var (first, next) = (new List<double>(), new List<double>());
        for (var text = 0; first.Count == 0 || Stopwatch.GetElapsedTime(start) < s_duration; text++)
        {
            var last = Stopwatch.GetTimestamp();
            var isFirst = true;
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
            {
                Content = JsonContent.Create(new { model, prompt = $"Client {client} asks for text {text}: once upon a time there was", max_tokens = TextLength, seed = 1000 * client + text, temperature = 0.8, stream = true }),
            };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
            while (await reader.ReadLineAsync() is { } line)
            {
                if (!line.StartsWith("data: {", StringComparison.Ordinal)) continue;
                (isFirst ? first : next).Add(Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                (last, isFirst) = (Stopwatch.GetTimestamp(), false);
            }
        }

        return (first, next);
    }

    private static void Tell(string what, List<double> waits)
    {
        if (waits.Count == 0) return;
        waits.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {waits.Count} | {waits[waits.Count / 2]:F0} | {waits[(int)(0.99 * (waits.Count - 1))]:F0} | {waits[^1]:F0} |"));
    }
}
