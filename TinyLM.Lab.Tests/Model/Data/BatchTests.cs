using TinyLM.Model.Data;

namespace TinyLM.Lab.Tests.Model.Data;

/// <summary>A shard of ascending numbers shows where each batch comes from.</summary>
public sealed class BatchTests : IDisposable
{
    private const int T = 8;
    private readonly string _folder = Directory.CreateTempSubdirectory("tinylm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Next_OverAnEpoch_GivesEachWindowOnceWithTheTokenAfterEach()
    {
        using var shard = Ascending(1001);
        var sampler = new BatchSampler(shard, batchSize: 1, T, seed: 7);
        var starts = new List<int>();

        while (sampler.State.Epoch == 0 && starts.Count < 1000)
        {
            var (inputs, targets) = Next(sampler, 1);
            if (sampler.State.Epoch > 0) break;
            Assert.Equal(Enumerable.Range(inputs[0], T), inputs);
            Assert.Equal(Enumerable.Range(inputs[0] + 1, T), targets);
            starts.Add(inputs[0]);
        }

        starts.Sort();
        Assert.InRange(starts.Count, 124, 125);
        Assert.InRange(starts[0], 0, T - 1);
        Assert.Equal(Enumerable.Range(0, starts.Count).Select(i => starts[0] + i * T), starts);
    }

    [Fact]
    public void Next_InAnotherEpochOrWithAnotherSeed_ComesInAnotherOrder()
    {
        using var shard = Ascending(4001);
        var first = new BatchSampler(shard, 16, T, seed: 1);
        var other = new BatchSampler(shard, 16, T, seed: 2);
        var later = new BatchSampler(shard, 16, T, seed: 1) { State = new BatchSamplerState(1, 0) };

        var batches = new[] { first, other, later }.Select(sampler => string.Join(',', Next(sampler, 16).Inputs)).ToList();

        Assert.Equal(3, batches.Distinct().Count());
    }

    [Fact]
    public void State_Restored_ContinuesExactlyAcrossEpochs()
    {
        using var shard = Ascending(101);
        var straight = new BatchSampler(shard, 5, T, seed: 3);
        for (var i = 0; i < 4; i++) Next(straight, 5);
        var resumed = new BatchSampler(shard, 5, T, seed: 3) { State = straight.State };

        for (var i = 0; i < 20; i++)
        {
            var expected = Next(straight, 5);
            var actual = Next(resumed, 5);
            Assert.Equal(expected.Inputs, actual.Inputs);
            Assert.Equal(expected.Targets, actual.Targets);
        }
        Assert.True(straight.State.Epoch >= 5);
    }

    [Fact]
    public void State_OfOtherData_IsRefused()
    {
        using var shard = Ascending(101);
        var sampler = new BatchSampler(shard, 5, T, seed: 3);

        Assert.Throws<ArgumentException>(() => sampler.State = new BatchSamplerState(0, 500));
    }

    [Fact]
    public void Create_OverAShardOfOneContext_SaysHowManyTokensItNeeds()
    {
        using var shard = Ascending(T);

        var thrown = Assert.Throws<ArgumentException>(() => new BatchSampler(shard, 1, T, seed: 1));

        Assert.Contains("need 9", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_001)]
    [InlineData(T + 1)]
    public void Validation_EachTime_GivesTheSameBatchesFromEndToEnd(int count)
    {
        using var shard = Ascending(count);
        var batches = new ValidationBatches(shard, batchSize: 4, T, batches: 3);

        var rounds = Enumerable.Range(0, 2).Select(_ =>
        {
            batches.Restart();
            return Enumerable.Range(0, 3).SelectMany(_ =>
            {
                int[] inputs = new int[4 * T], targets = new int[4 * T];
                batches.Next(inputs, targets);
                Assert.Equal(inputs.Select(token => token + 1), targets);
                return inputs;
            }).ToList();
        }).ToList();

        Assert.Equal(rounds[0], rounds[1]);
        Assert.Equal(0, rounds[0][0]);
        Assert.Equal(count - 2, rounds[0][^1]);
    }

    private static (int[] Inputs, int[] Targets) Next(BatchSampler sampler, int batchSize)
    {
        int[] inputs = new int[batchSize * T], targets = new int[batchSize * T];
        sampler.Next(inputs, targets);
        return (inputs, targets);
    }

    private TokenShard Ascending(int count)
    {
        var path = Path.Combine(_folder, $"{count}.bin");
        using (var writer = new TokenShardWriter(path, count))
        {
            writer.Append([.. Enumerable.Range(0, count)]);
            writer.Complete();
        }
        return TokenShard.Open(path);
    }
}
