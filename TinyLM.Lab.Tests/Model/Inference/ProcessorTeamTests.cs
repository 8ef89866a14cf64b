using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Inference;

public class ProcessorTeamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_AgainAndAgain_DoesEachPartOnce(int helpers)
    {
        var team = new ProcessorTeam(helpers);
        for (var round = 0; round < 500; round++)
        {
            var work = new CountingWork(1 + round % 9);

            Assert.True(team.TryRun(work, work.Done.Length, helpers));

            Assert.All(work.Done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Run_WhileTheTeamIsAtWork_IsRefused()
    {
        var team = new ProcessorTeam(1);
        var refused = false;

        team.TryRun(
            new AskingWork(() =>
            {
                var other = new Thread(() => refused = !team.TryRun(new CountingWork(1), 1, 1));
                other.Start();
                other.Join();
            }),
            parts: 1,
            helpers: 0);

        Assert.True(refused);
    }

    [Fact]
    public void Reading_WithSeveralThreads_HasTheBitsOfOne()
    {
        var config = new ModelConfig { Family = ModelFamily.Llama, VocabularySize = 4001, ContextLength = 24, EmbeddingSize = 160, HeadCount = 4, KeyValueHeadCount = 2, LayerCount = 2 };
        var weights = TestWeights.Random(config, seed: 5);
        var tokens = Enumerable.Range(0, 20).Select(i => i * 199 % config.VocabularySize).ToArray();

        var alone = Read(LanguageModel.Create(weights));
        var shared = Read(LanguageModel.Create(weights, threads: 3));

        Assert.Equal(alone, shared);

        float[] Read(LanguageModel model)
        {
            var session = model.CreateSession();
            session.Append(tokens.AsSpan(0, 15));
            for (var i = 15; i < tokens.Length - 1; i++) session.Append([tokens[i]]);
            return session.Append([tokens[^1]]).ToArray();
        }
    }

    private sealed class CountingWork(int parts) : ITeamWork
    {
        public int[] Done { get; } = new int[parts];

        public void Do(int part, int parts)
        {
            Assert.Equal(Done.Length, parts);
            Interlocked.Increment(ref Done[part]);
        }
    }

    private sealed class AskingWork(Action ask) : ITeamWork
    {
        public void Do(int part, int parts) => ask();
    }
}
