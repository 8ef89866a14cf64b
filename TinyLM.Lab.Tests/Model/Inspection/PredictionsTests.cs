using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class PredictionsTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 40, ContextLength = 70, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };

    [Property]
    public Property Likeliest_AnyLogits_AreThoseOfASort() => Prop.ForAll(Gen.Choose(-5, 5).Select(value => (float)value).ArrayOf(30).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), (logits, count) =>
    {
        int[] sorted = [.. Enumerable.Range(0, 30).OrderByDescending(id => logits[id]).ThenBy(id => id)];

        Assert.Equal(sorted.Take(count), Predictions.Likeliest(logits, count));
        Assert.All(Enumerable.Range(0, 30), rank => Assert.Equal(rank, Predictions.RankOf(logits, sorted[rank])));
    });

    [Fact]
    public void Measure_APrompt_GivesLossEntropyAndRankOfTheFormulas()
    {
        var (trace, logits, tokens) = Read();

        var figures = PromptFigures.Measure(trace, 0, 70);
        var some = PromptFigures.Measure(trace, 40, 20);

        Assert.Null(figures[0]);
        for (var t = 1; t < 70; t++)
        {
            var p = Softmax(logits[t - 1]);
            Assert.Equal(-Math.Log(p[tokens[t]]), figures[t]!.Value.Loss, 1e-3);
            Assert.Equal(p.Sum(one => -one * Math.Log(one)), figures[t]!.Value.Entropy, 1e-3);
            Assert.Equal(logits[t - 1].Count(logit => logit > logits[t - 1][tokens[t]]), figures[t]!.Value.Rank);
            if (t is >= 40 and < 60) Assert.Equal(figures[t]!.Value.Loss, some[t - 40]!.Value.Loss, 1e-5); // other rows go through the head together
        }
    }

    [Fact]
    public void Lens_AtTheLastDepth_IsWhatTheModelSays()
    {
        var (trace, logits, tokens) = Read();

        var lens = LogitLens.Read(trace, 0, 70);

        Assert.Equal((3, 70), (lens.GetLength(0), lens.GetLength(1)));
        for (var t = 0; t < 70; t++)
        {
            var p = Softmax(logits[t]);
            Assert.Equal(p.Max(), lens[2, t].Probability, 1e-4);
            Assert.Equal(Array.IndexOf(p, p.Max()), lens[2, t].Token);
            if (t < 69) Assert.Equal(p[tokens[t + 1]], lens[2, t].TrueProbability!.Value, 1e-4);
            else Assert.Null(lens[2, t].TrueRank);
        }
    }

    [Fact]
    public void Lens_AtADepth_IsTheModelWithoutTheBlocksAbove()
    {
        var (trace, _, tokens) = Read();
        var cut = ForwardTrace.Run(trace.Model, tokens, [new BranchAblation { Layer = 1, Attention = true, FeedForward = true }], TestContext.Current.CancellationToken);

        var (early, whole) = (LogitLens.Read(trace, 0, 70), LogitLens.Read(cut, 0, 70));

        for (var t = 0; t < 70; t++) Assert.Equal(whole[2, t], early[1, t]);
    }

    private static (ForwardTrace Trace, double[][] Logits, int[] Tokens) Read()
    {
        var random = new Random(3);
        int[] tokens = [.. Enumerable.Range(0, 70).Select(_ => random.Next(40))];
        var weights = TestWeights.Random(s_config, seed: 6);
        return (ForwardTrace.Run(LanguageModel.Create(weights), tokens, cancellationToken: TestContext.Current.CancellationToken), new Gpt2Reference(weights).Logits(tokens), tokens);
    }

    private static double[] Softmax(double[] logits)
    {
        var greatest = logits.Max();
        var sum = logits.Sum(logit => Math.Exp(logit - greatest));
        return [.. logits.Select(logit => Math.Exp(logit - greatest) / sum)];
    }
}
