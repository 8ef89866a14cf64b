using System.Globalization;
using FsCheck;
using FsCheck.Xunit;
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
        var sampler = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 7), batchSize: 1);
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
        var first = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 1), batchSize: 16);
        var other = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 2), batchSize: 16);
        var later = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 1), batchSize: 16) { State = new BatchSamplerState(1, 0) };

        var batches = new[] { first, other, later }.Select(sampler => string.Join(',', Next(sampler, 16).Inputs)).ToList();

        Assert.Equal(3, batches.Distinct().Count());
    }

    [Fact]
    public void State_Restored_ContinuesExactlyAcrossEpochs()
    {
        using var shard = Ascending(101);
        var straight = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 3), batchSize: 5);
        for (var i = 0; i < 4; i++) Next(straight, 5);
        var resumed = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 3), batchSize: 5) { State = straight.State };

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
        var sampler = new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 3), batchSize: 5);

        Assert.Throws<ArgumentException>(() => sampler.State = new BatchSamplerState(0, 500));
    }

    [Fact]
    public void Create_OverAShardOfOneContext_SaysHowManyTokensItNeeds()
    {
        using var shard = Ascending(T);

        var thrown = Assert.Throws<ArgumentException>(() => new BatchSampler(WindowOrder.Shuffled(shard, T, seed: 1), batchSize: 1));

        Assert.Contains("need 9", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>As llm.c's loader: batch k begins at token k · B · T, and what does not fill a batch is left out.</summary>
    [Fact]
    public void Sequential_Batches_FollowEachOtherAndBeginAnewAtTheEnd()
    {
        using var shard = Ascending(5 * 2 * T + 9);
        var sampler = new BatchSampler(WindowOrder.Sequential(shard, T, batchSize: 2), batchSize: 2);

        var batches = Enumerable.Range(0, 6).Select(_ => Next(sampler, 2)).ToList();

        for (var batch = 0; batch < 6; batch++)
        {
            Assert.Equal(Enumerable.Range(batch % 5 * 2 * T, 2 * T), batches[batch].Inputs);
            Assert.Equal(Enumerable.Range(batch % 5 * 2 * T + 1, 2 * T), batches[batch].Targets);
        }
        Assert.Equal(1.2, sampler.Epochs, 1e-12);
    }

    [Fact]
    public void Sequential_ShardShorterThanABatch_SaysHowManyTokensItNeeds()
    {
        using var shard = Ascending(2 * T);

        var thrown = Assert.Throws<ArgumentException>(() => WindowOrder.Sequential(shard, T, batchSize: 2));

        Assert.Contains($"need {2 * T + 1}", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Documents of random lengths, some longer than a window; 0 stands before each.</summary>
    [Property(MaxTest = 60)]
    public void Documents_OfAnyLengths_AreEachReadFromTheirBeginning(PositiveInt seed)
    {
        var random = new Random(seed.Get);
        var lengths = Enumerable.Range(0, random.Next(3, 30)).Select(_ => random.Next(1, 3 * T)).ToArray();
        var tokens = new List<int>();
        var beginnings = new List<int>();
        foreach (var length in lengths)
        {
            beginnings.Add(tokens.Count);
            tokens.Add(0);
            tokens.AddRange(Enumerable.Range(1, length - 1));
        }
        if (tokens.Count <= T) return;
        using var shard = Shard($"documents-{seed.Get}", [.. tokens], 3 * T);
        var order = WindowOrder.Documents(shard, T, endOfTextId: 0, seed: 1);
        order.Begin(0);

        var starts = Enumerable.Range(0, order.Count).Select(window => (int)order[window]).Order().ToList();

        Assert.Equal(0, starts[0]);
        Assert.All(starts, start => Assert.True(start + T < tokens.Count));
        var end = starts[^1] + T; // of what is read
        for (var i = 0; i < lengths.Length; i++)
        {
            var (begin, next) = (beginnings[i], beginnings[i] + lengths[i]);
            if (begin + T >= tokens.Count || next > end) continue; // at the end of the shard
            if (lengths[i] <= T) Assert.Contains(starts, start => start <= begin && next <= start + T);
            else Assert.Contains(begin, starts);
        }
        Assert.All(starts, start => Assert.True(tokens[start] == 0 || starts.Contains(start - T), "A window begins with a document or goes on within one."));
        Assert.All(Enumerable.Range(0, end), token => Assert.Contains(starts, start => start <= token && token < start + T));
    }

    [Fact]
    public void Documents_InAnotherEpoch_ComeInAnotherOrder()
    {
        using var shard = Shard("epochs", [.. Enumerable.Range(0, 400).Select(i => i % 5)], 5);
        var order = WindowOrder.Documents(shard, T, endOfTextId: 0, seed: 1);

        var epochs = Enumerable.Range(0, 2).Select(epoch =>
        {
            order.Begin(epoch);
            return Enumerable.Range(0, order.Count).Select(window => order[window]).ToList();
        }).ToList();

        Assert.NotEqual(epochs[0], epochs[1]);
        Assert.Equal(epochs[0].Order(), epochs[1].Order());
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

    private TokenShard Ascending(int count) => Shard(count.ToString(CultureInfo.InvariantCulture), [.. Enumerable.Range(0, count)], count);

    private TokenShard Shard(string name, int[] tokens, int vocabularySize)
    {
        var path = Path.Combine(_folder, $"{name}.bin");
        using (var writer = new TokenShardWriter(path, vocabularySize))
        {
            writer.Append(tokens);
            writer.Complete();
        }
        return TokenShard.Open(path);
    }
}
