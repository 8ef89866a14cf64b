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

        var rises = InterventionStudy.AblateEach(plain, TestContext.Current.CancellationToken);

        Assert.Equal((2, 5), (rises.Rows, rises.Columns));
        Assert.Equal(Loss(Run(s_tokens, new HeadAblation { Layer = 1, Head = 2, HeadSize = 4 })) - Loss(plain), rises[1][2], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 0, Attention = true })) - Loss(plain), rises[0][3], 1e-5);
        Assert.Equal(Loss(Run(s_tokens, new BranchAblation { Layer = 1, FeedForward = true })) - Loss(plain), rises[1][4], 1e-5);
    }

    [Fact]
    public void PatchEach_TheLastTokenAfterTheLastBlock_BringsAllAlong()
    {
        int[] other = [1, 5, 7, 5, 2, 1, 5];

        var shares = InterventionStudy.PatchEach(Run(s_tokens), Run(other), token: 4, TestContext.Current.CancellationToken);

        Assert.Equal((2, 7), (shares.Rows, shares.Columns));
        Assert.Equal(1, shares[1][6], 1e-3);
        for (var position = 0; position < 6; position++) Assert.Equal(0, shares[1][position], 1e-3); // nothing reads them any more
        Assert.Equal(0, shares[0][0], 1e-3); // the same before the prompts differ
        Assert.NotEqual(0, shares[0][2], 1e-3);
        Assert.Throws<ArgumentException>(() => InterventionStudy.PatchEach(Run(s_tokens), Run([1, 2]), 4, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void MeanLoss_OfOneToken_IsNotKnown() => Assert.Equal(double.NaN, Loss(Run([1])));

    private static double Loss(ForwardTrace trace) => InterventionStudy.MeanLoss(trace);

    private static ForwardTrace Run(int[] tokens, params Intervention[] interventions) => ForwardTrace.Run(s_model, tokens, interventions, TestContext.Current.CancellationToken);
}
