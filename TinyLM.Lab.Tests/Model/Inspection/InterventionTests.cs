using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;
using static TinyLM.Lab.Tests.Support.TestTraces;

namespace TinyLM.Lab.Tests.Model.Inspection;

/// <summary>Parts switched off and numbers put in, against models that are changed by hand.</summary>
public class InterventionTests
{
    [Fact]
    public void Run_AblationsOfNothing_ChangeNoBit()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 70, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var plain = Trace(config, out var tokens);

        var ablated = Run(plain.Model, tokens, new BranchAblation { Layer = 0 }, new BranchAblation { Layer = 1 });

        Assert.Equal(plain.Logits(2, 0, tokens.Length).Values, ablated.Logits(2, 0, tokens.Length).Values);
        Assert.Same(plain.Model, plain.Model.With([]));
    }

    [Fact]
    public void HeadAblation_EqualsTheModelWithoutTheHeadsProjection()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 70, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var tokens = Tokens(config, 70);
        const string Projection = "transformer.h.1.attn.c_proj.weight";
        var weights = TestWeights.Random(config, seed: 1);
        var without = weights.Tensors[Projection].Values.ToArray();
        for (var output = 0; output < 24; output++) without.AsSpan(output * 24 + 16, 8).Clear(); // the columns that head 2 feeds
        var expected = new Gpt2Reference(weights with { Tensors = new Dictionary<string, WeightTensor>(weights.Tensors) { [Projection] = new([24, 24], without) } }).Logits(tokens);
        Intervention[] off = [new HeadAblation { Layer = 1, Head = 2, HeadSize = 8 }];
        var model = LanguageModel.Create(weights);

        var trace = Run(model, tokens, off);
        var written = model.With(off).CreateSession().AppendAll(tokens);

        AssertClose(expected, trace.Logits(2, 0, 70), "logits");
        AssertClose(expected, new ActivationTable(written, 70, 30), "logits of a session");
    }

    [Fact]
    public void HeadAblation_ToTheMean_EqualsTheModelWhoseBiasHoldsTheMean()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 70, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var weights = TestWeights.Random(config, seed: 1);
        int[][] texts = [Tokens(config, 70), [3, 1, 4, 1, 5]];
        var gathered = new List<double[]>(); // by head 2 of layer 1 at every token of the texts
        foreach (var text in texts)
            new Gpt2Reference(weights, (site, layer, rows) =>
            {
                if (site == ActivationSite.HeadOutput && layer == 1) gathered.AddRange(rows.Select(row => row[16..]));
            }).Logits(text);
        double[] mean = [.. Enumerable.Range(0, 8).Select(i => gathered.Average(row => row[i]))];
        const string Projection = "transformer.h.1.attn.c_proj";
        var (matrix, bias) = (weights.Tensors[$"{Projection}.weight"].Values.ToArray(), weights.Tensors[$"{Projection}.bias"].Values.ToArray());
        for (var output = 0; output < 24; output++)
        {
            var columns = matrix.AsSpan(output * 24 + 16, 8);
            for (var i = 0; i < 8; i++) bias[output] += (float)(columns[i] * mean[i]);
            columns.Clear();
        }

        var expected = new Gpt2Reference(weights with
        {
            Tensors = new Dictionary<string, WeightTensor>(weights.Tensors) { [$"{Projection}.weight"] = new([24, 24], matrix), [$"{Projection}.bias"] = new([24], bias) },
        }).Logits(texts[0]);
        var model = LanguageModel.Create(weights);
        var means = new ActivationMeans(model);
        foreach (var text in texts) means.Add(text);

        var trace = Run(model, texts[0], new HeadAblation { Layer = 1, Head = 2, HeadSize = 8, Instead = means.Head(1, 2) });

        AssertClose([mean], new ActivationTable(means.Head(1, 2), 1, 8), "mean of the head");
        AssertClose(expected, trace.Logits(2, 0, 70), "logits");
        Assert.Contains("stand in for 8", Assert.Throws<ArgumentException>(() => Run(model, texts[0], new HeadAblation { Layer = 1, Head = 2, HeadSize = 8, Instead = new float[9] })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => new ActivationMeans(model).Attention(0));
    }

    [Fact]
    public void BranchAblation_ToTheMean_AddsTheSameToEveryToken()
    {
        var config = new ModelConfig { Family = ModelFamily.Llama, VocabularySize = 30, ContextLength = 20, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var plain = Trace(config, out var tokens);
        var means = new ActivationMeans(plain.Model);
        means.Add(tokens);
        float[] MeanOf(ActivationTable table) => [.. Enumerable.Range(0, table.Columns).Select(c => (float)Enumerable.Range(0, table.Rows).Average(r => (double)table[r][c]))];

        var trace = Run(plain.Model, tokens, new BranchAblation { Layer = 1, Attention = true, FeedForward = true, AttentionInstead = means.Attention(1), FeedForwardInstead = means.FeedForward(1) });

        Assert.Equal(MeanOf(plain.Block(1)[ActivationSite.AttentionOutput]), means.Attention(1), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(MeanOf(plain.Block(1)[ActivationSite.FeedForwardOutput]), means.FeedForward(1), (a, b) => Math.Abs(a - b) < 1e-5);
        for (var t = 0; t < 20; t++)
            for (var c = 0; c < 24; c++) Assert.Equal(plain.Residual(1)[t][c] + means.Attention(1)[c] + means.FeedForward(1)[c], trace.Residual(2)[t][c], 1e-5);
    }

    [Fact]
    public void With_Changes_IsWhatAReadingWithThemIsFromTheStart()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 70, EmbeddingSize = 24, HeadCount = 3, LayerCount = 3 };
        var plain = Trace(config, out var tokens);
        Intervention[] off = [new HeadAblation { Layer = 1, Head = 0, HeadSize = 8 }, new BranchAblation { Layer = 2, FeedForward = true }];

        var (whole, resumed) = (Run(plain.Model, tokens, off), plain.With(off, TestContext.Current.CancellationToken));

        for (var depth = 0; depth <= 3; depth++) Assert.Equal(whole.Residual(depth).Values, resumed.Residual(depth).Values);
        for (var layer = 0; layer < 3; layer++)
        {
            Assert.Equal(whole.Attention(layer, 1).Values, resumed.Attention(layer, 1).Values);
            Assert.Equal(whole.Scores(layer, 2).Values, resumed.Scores(layer, 2).Values);
            foreach (var site in whole.Block(layer).Sites) Assert.Equal(whole.Block(layer)[site].Values, resumed.Block(layer)[site].Values);
        }

        Assert.Equal(Run(plain.Model, tokens).Logits(3, 0, 70).Values, plain.Logits(3, 0, 70).Values); // the plain one is as it was
        Assert.Same(plain, plain.With([], TestContext.Current.CancellationToken));
        Assert.Throws<InvalidOperationException>(() => resumed.With(off, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(ModelFamily.Gpt2)]
    [InlineData(ModelFamily.Llama)]
    public void ActivationPatch_OfEveryHead_IsThatOfTheirProjection(ModelFamily family)
    {
        var config = new ModelConfig { Family = family, VocabularySize = 30, ContextLength = 12, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var plain = Trace(config, out var tokens);
        var source = Run(plain.Model, [.. tokens.Select(token => (token + 1) % 30)]);
        var everywhere = Enumerable.Range(0, 12);

        var heads = plain.With([.. everywhere.SelectMany(t => Enumerable.Range(0, 3).Select(head => ActivationPatch.Of(source, ActivationSite.HeadOutput, 1, head, t)))], TestContext.Current.CancellationToken);
        var output = plain.With([.. everywhere.Select(t => ActivationPatch.Of(source, ActivationSite.AttentionOutput, 1, null, t))], TestContext.Current.CancellationToken);
        var one = plain.With([ActivationPatch.Of(source, ActivationSite.FeedForwardOutput, 0, null, 4)], TestContext.Current.CancellationToken);

        Assert.Equal(output.Logits(2, 0, 12).Values, heads.Logits(2, 0, 12).Values);
        Assert.NotEqual(plain.Logits(2, 0, 12).Values, heads.Logits(2, 0, 12).Values);
        for (var c = 0; c < 24; c++) // x + attention, and the other prompt's feed-forward layer
            Assert.Equal(plain.Block(0)[ActivationSite.MiddleResidual][4][c] + source.Block(0)[ActivationSite.FeedForwardOutput][4][c], one.Residual(1)[4][c]);
    }

    [Fact]
    public void BranchAblation_OfAllBranches_LeavesTheEmbeddings()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 9, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var plain = Trace(config, out var tokens);

        var ablated = Run(plain.Model, tokens, [.. Enumerable.Range(0, 2).Select(layer => new BranchAblation { Layer = layer, Attention = true, FeedForward = true })]);

        Assert.Equal(plain.Residual(0).Values, ablated.Residual(2).Values);
        Assert.Equal(plain.Logits(0, 0, 9).Values, ablated.Logits(2, 0, 9).Values);
    }

    [Fact]
    public void ActivationPatch_OfTheWholeResidual_GivesTheOtherPromptsAnswer()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 12, EmbeddingSize = 24, HeadCount = 3, LayerCount = 3 };
        var model = Trace(config, out var tokens).Model;
        int[] other = [.. tokens.Select(token => (token + 1) % 30)];
        var source = Run(model, other);
        var residual = source.Block(0)[ActivationSite.Residual];

        var patched = Run(model, tokens, [.. Enumerable.Range(0, 12).Select(t => new ActivationPatch
        {
            Layer = 0, Site = ActivationSite.Residual, Position = t, Values = residual[t].ToArray(),
        })]);
        var one = Run(model, tokens, new ActivationPatch { Layer = 0, Site = ActivationSite.Residual, Position = 11, Values = residual[11].ToArray() });

        Assert.Equal(source.Logits(3, 0, 12).Values, patched.Logits(3, 0, 12).Values);
        Assert.Equal(Run(model, tokens).Logits(3, 0, 11).Values, one.Logits(3, 0, 11).Values); // causal: nothing before the patch moves
        Assert.NotEqual(Run(model, tokens).Logits(3, 11, 1).Values, one.Logits(3, 11, 1).Values);
    }
}
