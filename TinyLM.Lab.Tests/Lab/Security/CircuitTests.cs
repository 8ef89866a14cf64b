using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using TinyLM.Benchmarks.Viewers;
using TinyLM.Lab.Components.Circuits;
using TinyLM.Lab.Security;
using TinyLM.Lab.Tests.Support;

namespace TinyLM.Lab.Tests.Lab.Security;

/// <summary>Circuits in numbers, and what does not come from a browser: the server goes on, and nothing of them stays.</summary>
[Collection(AloneTests.Name)]
public sealed class CircuitTests : IAsyncLifetime
{
    private readonly RealLab _lab = new();
    private readonly LiveComponents _components = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Audience Audience => _lab.Services.GetRequiredService<Audience>();

    public ValueTask InitializeAsync()
    {
        _lab.AddTrainedRun("r");
        _lab.Settings.Add("--Lab:Limits:Circuits=12");
        _lab.Replace = services => services.AddSingleton<IComponentActivator>(_components).Configure<CircuitOptions>(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = 0;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromSeconds(1);
            circuits.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(10); // for so long a call that a browser left unanswered holds its page
        });
        return _lab.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _lab.DisposeAsync();
    }

    /// <summary>Pages that closed lately are held until their timers and unanswered calls have run out; pages that stay would make all of them live.</summary>
    [Fact]
    public async Task Circuits_OpenedAndClosed_DoNotGather()
    {
        var count = TrustCounts.Of(300, 3_000);
        for (var left = count; left > 0; left -= 10)
        {
            var circuits = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => OpenAsync(i % 2 == 0 ? "/runs/r" : "/corpora")));
            foreach (var circuit in circuits)
            {
                Assert.Null(circuit.Error);
                await circuit.DisposeAsync();
            }

            await Eventually.HoldsAsync(() => Audience.Count == 0, "no circuit is left");
        }

        Assert.True(_components.Made > 20 * count, $"{_components.Made} components for {count} circuits");
        await Eventually.HoldsAsync(() => _components.CountLive() < _components.Made / 3, "all but the last pages are gone");
        TestContext.Current.TestOutputHelper!.WriteLine($"{_components.CountLive()} of {_components.Made} components are live.");
    }

    [Fact]
    public async Task LabThatIsFull_AnswersWithAPageThatTriesAgain_AndDrawsNothingForWhoComesPastIt()
    {
        var page = await _http.GetStringAsync(new Uri(_lab.Address, "/corpora"), Cancel);
        var circuits = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => OpenAsync("/corpora")));

        var answer = await _http.GetAsync(new Uri(_lab.Address, "/runs/r"), Cancel);
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(10), answer.Headers.RetryAfter!.Delta);
        var words = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("12 pages are open", words, StringComparison.Ordinal);
        Assert.Contains("""http-equiv="refresh" content="10" """.TrimEnd(), words, StringComparison.Ordinal);
        await using (var past = await BlazorCircuit.OpenAsync(page, new Uri(_lab.Address, "/corpora"), null, Cancel))
        {
            await Eventually.HoldsAsync(() => past.Error is not null, "the circuit is refused");
            Assert.Equal(0, past.Batches);
        }

        await circuits[0].DisposeAsync();
        await Eventually.HoldsAsync(() => Audience.Count == 11, "one has left");
        await using (var next = await OpenAsync("/corpora")) Assert.Null(next.Error);
        foreach (var circuit in circuits.Skip(1)) await circuit.DisposeAsync();
    }

    /// <summary>Each circuit sends forged messages until the server ends it; a bystander's page goes on, and so does the server.</summary>
    [Fact]
    public async Task ForgedMessages_EndTheirCircuit_AndNoOther()
    {
        var random = new Random(20261201);
        await using var bystander = await OpenAsync("/runs/r");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (sent, ended) = (0, 0);
        for (var count = TrustCounts.Of(1_000, 20_000); sent < count;)
        {
            await using var circuit = await OpenAsync("/corpora");
            while (sent < count && !circuit.Ended.IsCompleted && circuit.Error is null)
            {
                sent++;
                try
                {
                    await ForgedMessages.SendAsync(circuit, random);
                }
                catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException)
                {
                    break; // the server has closed it meanwhile
                }
            }
            ended++;
        }

        Assert.True(ended > 10, $"{ended} circuits were ended by {sent} messages");
        await bystander.InvokeAsync(null, "OnLocationChanged", new Uri(_lab.Address, "/corpora").ToString(), null, false);
        var batches = bystander.Batches;
        await Eventually.HoldsAsync(() => bystander.Batches > batches, "the bystander's page goes on");
        Assert.Null(bystander.Error);
        Assert.Equal("Healthy", await _http.GetStringAsync(new Uri(_lab.Address, "/health"), Cancel));
        await Eventually.HoldsAsync(() => Audience.Count == 1, "only the bystander is left");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000_000);
    }

    private async Task<BlazorCircuit> OpenAsync(string path)
    {
        var circuit = await BlazorCircuit.OpenAsync(_http, new Uri(_lab.Address, path), (_, _) => { }, Cancel);
        await Eventually.HoldsAsync(() => circuit.Batches > 1 || circuit.Error is not null, "the page is drawn");
        return circuit;
    }

    /// <summary>Makes components as usual and knows which of them are still there.</summary>
    private sealed class LiveComponents : IComponentActivator
    {
        private readonly ConditionalWeakTable<IComponent, object> _live = [];
        private int _made;

        public int Made => Volatile.Read(ref _made);

        public IComponent CreateInstance(Type componentType)
        {
            var component = (IComponent)Activator.CreateInstance(componentType)!;
            Interlocked.Increment(ref _made);
            lock (_live) _live.Add(component, this);
            return component;
        }

        public int CountLive()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            lock (_live) return _live.Count();
        }
    }
}
