using Microsoft.Extensions.Logging.Abstractions;
using TinyLM.Lab.Models;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Tests.Lab.Models;

/// <summary>Writing with real checkpoints on disk.</summary>
public sealed class ModelHostTests : IDisposable
{
    private readonly TempLab _lab = new();
    private readonly ManualClock _clock = new();
    private readonly CheckpointShelf _shelf;
    private readonly ModelHost _host;

    public ModelHostTests()
    {
        _shelf = new CheckpointShelf(_lab.Directory);
        _host = Host(new ModelHostOptions());
    }

    public void Dispose()
    {
        _host.Dispose();
        _lab.Dispose();
    }

    [Fact]
    public async Task Generate_SameSeed_WritesTheSameTextAndTellsWhyItEnds()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var first = await WriteAsync("r");
        var second = await WriteAsync("r");

        Assert.Equal(first, second);
        Assert.Equal(20, first.Count);
        Assert.Equal(FinishReason.Length, first[^1].FinishReason);
        Assert.All(first.SkipLast(1), piece => Assert.Null(piece.FinishReason));
        Assert.All(first, piece => Assert.True(piece.LogProbability < 0));
    }

    [Fact]
    public async Task Generate_OtherCheckpoint_WritesOtherText()
    {
        var run = _lab.AddRun("r");
        TestCheckpoint.Write(run, step: 10, seed: 1);
        TestCheckpoint.Write(run, step: 20, seed: 2);

        var (ten, twenty, newest) = (await WriteAsync("r", 10), await WriteAsync("r", 20), await WriteAsync("r"));

        Assert.NotEqual(Ids(ten), Ids(twenty));
        Assert.Equal(twenty, newest);
    }

    [Fact]
    public async Task Readers_OfOneCheckpoint_ShareOneModel()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => WriteAsync("r")));

        Assert.Equal(1, _host.LoadedCount);
    }

    [Fact]
    public async Task Model_NotReadForAWhile_LeavesMemoryAndComesBack()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        var before = await WriteAsync("r");

        _clock.Advance(TimeSpan.FromMinutes(4));
        var afterFourMinutes = _host.LoadedCount;
        _clock.Advance(TimeSpan.FromMinutes(2));
        var afterSix = _host.LoadedCount;

        Assert.Equal((1, 0), (afterFourMinutes, afterSix));
        Assert.Equal(before, await WriteAsync("r"));
    }

    [Fact]
    public async Task Models_BeyondTheLimit_LeaveTheLongestUnusedFirst()
    {
        var run = _lab.AddRun("r");
        foreach (var step in (int[])[1, 2, 3]) TestCheckpoint.Write(run, step, seed: step);
        using var host = Host(new ModelHostOptions { MemoryBytes = 2 * LoadedModel.Load(run.CheckpointPath(1)).ByteCount });

        foreach (var step in (int[])[1, 2, 1, 3])
        {
            await WriteAsync("r", step, host);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, host.LoadedCount);
    }

    [Fact]
    public async Task Checkpoint_WrittenAgain_IsReadAgain()
    {
        var run = _lab.AddRun("r");
        TestCheckpoint.Write(run, step: 10, seed: 1);
        var before = await WriteAsync("r");

        Directory.Delete(run.CheckpointPath(10), recursive: true);
        var folder = TestCheckpoint.Write(run, step: 10, seed: 2);
        File.SetLastWriteTimeUtc(CheckpointStore.ManifestPath(folder), new DateTime(2026, 3, 15, 0, 0, 0, DateTimeKind.Utc));

        Assert.NotEqual(Ids(before), Ids(await WriteAsync("r")));
    }

    [Fact]
    public async Task Reader_ThatLeaves_EndsTheWritingAndFreesItsPlace()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        using var host = Host(new ModelHostOptions { ConcurrentPasses = 1 });
        var endless = new SamplingSettings { MaxTokens = 1_000_000, Temperature = 0 };

        var taken = 0;
        await foreach (var _ in host.GenerateAsync(ModelReference.OfRun("r"), new TextRequest { Prompt = "a", Settings = endless }, TestContext.Current.CancellationToken))
            if (++taken == 3) break;
        var next = await WriteAsync("r", step: null, host); // would wait for ever if the first still wrote

        Assert.Equal(20, next.Count);
    }

    [Fact]
    public async Task Texts_WrittenTogether_AreWhatEachIsAlone()
    {
        var folder = TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        var model = LoadedModel.Load(folder);
        var requests = Enumerable.Range(0, 40).Select(i => new TextRequest
        {
            Prompt = new string((char)('a' + i % 20), 1 + i * 7 % 60),
            Settings = new SamplingSettings { MaxTokens = 5 + i, Seed = (ulong)i, Temperature = i % 3 * 0.7, TopP = 0.9, FrequencyPenalty = i % 2 },
            Alternatives = i % 4,
        }).ToList();

        var together = await Task.WhenAll(requests.Select(request => _host.GenerateAsync(ModelReference.OfRun("r"), request, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask()));

        foreach (var (request, pieces) in requests.Zip(together))
        {
            var alone = TextGeneration.Write(model, request, TestContext.Current.CancellationToken).ToList();
            Assert.Equal(alone.Select(piece => (piece.Text, piece.TokenId, piece.LogProbability, piece.Probability, piece.FinishReason)), pieces.Select(piece => (piece.Text, piece.TokenId, piece.LogProbability, piece.Probability, piece.FinishReason)));
            Assert.Equal(alone.SelectMany(piece => piece.Alternatives), pieces.SelectMany(piece => piece.Alternatives));
        }
    }

    [Fact]
    public async Task Reader_ThatDoesNotKeepUp_HoldsBackItsOwnTextAlone()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        var endless = new TextRequest { Settings = new SamplingSettings { MaxTokens = 1_000_000, Temperature = 0 } };
        await using var slow = _host.GenerateAsync(ModelReference.OfRun("r"), endless, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await slow.MoveNextAsync());

        var pieces = await WriteAsync("r");

        Assert.Equal(20, pieces.Count);
        for (var i = 0; i < 100; i++) Assert.True(await slow.MoveNextAsync());
    }

    [Fact]
    public async Task Request_ThatBreaksARule_IsRefusedInWords()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        TextRequest[] requests =
        [
            new() { Prompt = new string('x', 10_000_000) },
            new() { Stop = [""] },
            new() { Settings = new SamplingSettings { Temperature = double.NaN } },
            new() { PromptIds = [5, 257] },
        ];
        string[] words = ["The prompt has 10,000,000 characters", "A stop string is empty", "Temperature is NaN", "There is no token 257"];

        foreach (var (request, expected) in requests.Zip(words))
        {
            var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(() => _host.GenerateAsync(ModelReference.OfRun("r"), request, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask());
            Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Checkpoint_DeletedWhileItWrites_WritesToItsEndAndIsNamedAfterwards()
    {
        var run = _lab.AddRun("r");
        TestCheckpoint.Write(run, step: 10);
        await using var text = _host.GenerateAsync(ModelReference.OfRun("r", 10), new TextRequest { Settings = Settings with { MaxTokens = 60 } }, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await text.MoveNextAsync());

        Directory.Delete(run.CheckpointPath(10), recursive: true);

        var count = 1;
        while (await text.MoveNextAsync()) count++;
        Assert.Equal(60, count);
        Assert.Contains("no checkpoint", (await Assert.ThrowsAsync<ModelUnavailableException>(() => WriteAsync("r", 10))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_StopsTheWriting()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);
        using var stop = new CancellationTokenSource();
        var taken = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _host.GenerateAsync(ModelReference.OfRun("r"), new TextRequest { Settings = new SamplingSettings { MaxTokens = 1_000_000, Temperature = 0 } }, stop.Token))
                if (++taken == 5) await stop.CancelAsync();
        });

        Assert.Equal(5, taken);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("../r")]
    [InlineData("..")]
    [InlineData("")]
    public async Task Run_ThatIsNone_IsToldInWords(string id)
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var refusal = await Assert.ThrowsAsync<ModelUnavailableException>(() => WriteAsync(id));

        Assert.StartsWith("There is no run", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await _host.ListCheckpointsAsync(id));
    }

    [Fact]
    public async Task Run_WithoutCheckpoint_IsToldInWords()
    {
        _lab.AddRun("r");

        var refusal = await Assert.ThrowsAsync<ModelUnavailableException>(() => WriteAsync("r"));

        Assert.StartsWith("The run has no checkpoint yet", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Step_WithoutCheckpoint_IsToldWithThoseThatThereAre()
    {
        var run = _lab.AddRun("r");
        TestCheckpoint.Write(run, step: 10);
        TestCheckpoint.Write(run, step: 20);

        var refusal = await Assert.ThrowsAsync<ModelUnavailableException>(() => WriteAsync("r", 15));

        Assert.Equal("The run has no checkpoint of step 15. It has those of 10, 20.", refusal.Message);
    }

    [Fact]
    public async Task DamagedCheckpoint_IsLeftOutAndNamedWhenAskedFor()
    {
        var run = _lab.AddRun("r");
        TestCheckpoint.Write(run, step: 10);
        TestCheckpoint.Damage(TestCheckpoint.Write(run, step: 20));

        Assert.Equal([10], await _host.ListCheckpointsAsync("r"));
        Assert.Equal(await WriteAsync("r", 10), await WriteAsync("r"));
        var refusal = await Assert.ThrowsAsync<ModelUnavailableException>(() => WriteAsync("r", 20));
        Assert.Contains("model.safetensors", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Choose another one", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_LongerThanTheContext_IsContinued()
    {
        TestCheckpoint.Write(_lab.AddRun("r"), step: 10);

        var pieces = await _host.GenerateAsync(ModelReference.OfRun("r"), new TextRequest { Prompt = new string('x', 500), Settings = Settings }, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(20, pieces.Count);
    }

    private static SamplingSettings Settings { get; } = new() { MaxTokens = 20, Seed = 7, TopK = 40 };

    private static IEnumerable<int> Ids(IEnumerable<GeneratedPiece> pieces) => pieces.Select(piece => piece.TokenId);

    private ModelHost Host(ModelHostOptions options) => new(_shelf, options, _clock, NullLogger<ModelHost>.Instance);

    private Task<List<GeneratedPiece>> WriteAsync(string runId, int? step = null, ModelHost? host = null) =>
        (host ?? _host).GenerateAsync(ModelReference.OfRun(runId, step), new TextRequest { Prompt = "Once upon", Settings = Settings }, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken).AsTask();
}
