using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class InterventionStudyTests
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 30, ContextLength = 12, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };
    private static readonly LanguageModel s_model = LanguageModel.Create(TestWeights.Random(s_config, seed: 3));
    private static readonly int[] s_tokens = [1, 5, 9, 5, 2, 1, 5];

    [Fact]
    public void AblateEach_Part_IsTheRiseOfTheLossWithoutIt()
    {
        var plain = Run(s_tokens);
        var means = new ActivationMeans(s_model);
        means.Add([3, 3, 8, 1, 2]);

        float[] rises = [.. InterventionStudy.AblateEach(plain, cancellationToken: TestContext.Current.CancellationToken)];
        float[] toMeans = [.. InterventionStudy.AblateEach(plain, means, TestContext.Current.CancellationToken)];

        Assert.Equal(10, rises.Length); // two layers of three heads, attention and feed-forward
        Assert.Equal(Loss(Run(s_tokens, new HeadAblation { Layer = 1, Head = 2, HeadSize = 4 })) - Loss(plain), rises[7], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 0, Attention = true })) - Loss(plain), rises[3], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 1, FeedForward = true })) - Loss(plain), rises[9], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new HeadAblation { Layer = 1, Head = 2, HeadSize = 4, Instead = means.Head(1, 2) })) - Loss(plain), toMeans[7], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 0, Attention = true, AttentionInstead = means.Attention(0) })) - Loss(plain), toMeans[3], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 1, FeedForward = true, FeedForwardInstead = means.FeedForward(1) })) - Loss(plain), toMeans[9], 1e-5);
    }

    [Fact]
    public void PatchEach_TheLastTokenAfterTheLastBlock_BringsAllAlong()
    {
        int[] other = [1, 5, 7, 5, 2, 1, 5];

        float[] shares = [.. InterventionStudy.PatchEach(Run(s_tokens), Run(other), ActivationSite.Residual, token: 4, TestContext.Current.CancellationToken)];

        Assert.Equal(14, shares.Length); // two layers, seven tokens
        Assert.Equal(1, shares[13], 1e-3);
        for (var position = 0; position < 6; position++) Assert.Equal(0, shares[7 + position], 1e-3); // nothing reads them any more
        Assert.Equal(0, shares[0], 1e-3); // the same before the prompts differ
        Assert.NotEqual(0, shares[2], 1e-3);
        Assert.Throws<ArgumentException>(() => InterventionStudy.PatchEach(Run(s_tokens), Run([1, 2]), ActivationSite.Residual, 4, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(ActivationSite.AttentionOutput, 14)]
    [InlineData(ActivationSite.FeedForwardOutput, 14)]
    [InlineData(ActivationSite.HeadOutput, 6)]
    public void PatchEach_AnyPlace_IsTheShareOfTheAnswerThatComesAlong(ActivationSite site, int count)
    {
        var (plain, source) = (Run(s_tokens), Run([1, 5, 7, 5, 2, 1, 5]));
        var columns = count / 2;

        float[] shares = [.. InterventionStudy.PatchEach(plain, source, site, token: 4, TestContext.Current.CancellationToken)];

        Assert.Equal(count, shares.Length);
        for (var layer = 0; layer < 2; layer++)
        {
            for (var column = 0; column < columns; column++)
            {
                var patches = site == ActivationSite.HeadOutput
                    ? Enumerable.Range(0, 7).Select(t => Patch(layer, t, column * 4, source.Block(layer)[site][t].Slice(column * 4, 4).ToArray()))
                    : [Patch(layer, column, 0, source.Block(layer)[site][column].ToArray())];
                var patched = Run(s_tokens, [.. patches]);
                Assert.Equal((Answer(patched) - Answer(plain)) / (Answer(source) - Answer(plain)), shares[layer * columns + column], 1e-3);
            }
        }

        ActivationPatch Patch(int layer, int position, int column, float[] values) => new() { Layer = layer, Site = site, Position = position, Column = column, Values = values };

        static double Answer(ForwardTrace trace) => Math.Log(Predictions.Probabilities(trace.Logits(2, 6, 1).Values)[4]);
    }

    [Fact]
    public void MeanLoss_OfOneToken_IsNotKnown() => Assert.Equal(double.NaN, Loss(Run([1])));

    private static double Loss(ForwardTrace trace) => InterventionStudy.MeanLoss(trace);

    private static ForwardTrace Run(int[] tokens, params Intervention[] interventions) => ForwardTrace.Run(s_model, tokens, interventions, TestContext.Current.CancellationToken);
}
