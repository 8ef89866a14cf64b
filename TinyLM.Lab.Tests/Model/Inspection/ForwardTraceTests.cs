using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class ForwardTraceTests
{
    /// <summary>fp32 against double precision, relative to the greatest number of a table.</summary>
    private const double Tolerance = 1e-4;

    private static readonly Gen<ModelConfig> s_configs =
        from headCount in Gen.Choose(1, 4)
        from headSize in Gen.Choose(1, 24)
        from layerCount in Gen.Choose(1, 3)
        from contextLength in Gen.Choose(2, 140)
        select new ModelConfig { VocabularySize = 50, ContextLength = contextLength, EmbeddingSize = headCount * headSize, LayerCount = layerCount, HeadCount = headCount };

    private static readonly Gen<ModelConfig> s_llamas =
        from shared in Gen.Choose(1, 3)
        from grouped in Gen.Choose(1, 3)
        from pairs in Gen.Choose(1, 8)
        from layerCount in Gen.Choose(1, 3)
        from inner in Gen.Choose(1, 60)
        from contextLength in Gen.Choose(2, 100)
        from tied in Gen.Elements(true, false)
        select new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = 50,
            ContextLength = contextLength,
            EmbeddingSize = 2 * pairs * shared * grouped,
            LayerCount = layerCount,
            HeadCount = shared * grouped,
            KeyValueHeadCount = shared,
            FeedForwardSize = inner,
            TiedHead = tied,
        };

    [Property(MaxTest = 12)]
    public Property Trace_AnyShape_EqualsTheFormulasAtEveryPlace() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var weights = TestWeights.Random(config, seed: 1);
        var tokens = Tokens(config, config.ContextLength);
        var trace = Run(LanguageModel.Create(weights), tokens);
        var places = 0;

        var logits = new Gpt2Reference(weights, (site, layer, expected) =>
        {
            places++;
            AssertClose(expected, trace.Block(layer)[site], $"{site} of layer {layer}");
        })
        {
            AttentionSeen = (layer, head, expected) => AssertClose(
                [.. expected.Select(row => row.Concat(new double[tokens.Length - row.Length]).ToArray())], trace.Attention(layer, head), $"attention of head {layer}.{head}"),
        }.Logits(tokens);

        AssertClose(logits, trace.Logits(config.LayerCount, 0, tokens.Length), "logits");
        Assert.Equal(12 * config.LayerCount, places);
        Assert.Equal(12, trace.Block(0).Sites.Count());
    });

    [Property(MaxTest = 12)]
    public Property Trace_OfAnyLlama_EqualsTheFormulasAtEveryPlace() => Prop.ForAll(s_llamas.ToArbitrary(), config =>
    {
        var weights = TestWeights.Random(config, seed: 1);
        var tokens = Tokens(config, config.ContextLength);
        var trace = ForwardTrace.Run(LanguageModel.Create(weights), tokens);
        var places = 0;

        var logits = new LlamaReference(weights, (site, layer, expected) =>
        {
            places++;
            AssertClose(expected, trace.Block(layer)[site], $"{site} of layer {layer}");
        })
        {
            AttentionSeen = (layer, head, expected) => AssertClose(
                [.. expected.Select(row => row.Concat(new double[tokens.Length - row.Length]).ToArray())], trace.Attention(layer, head), $"attention of head {layer}.{head}"),
        }.Logits(tokens);

        AssertClose(logits, trace.Logits(config.LayerCount, 0, tokens.Length), "logits");
        Assert.Equal(13 * config.LayerCount, places);
        Assert.Equal(13, trace.Block(0).Sites.Count());
        var session = trace.Model.CreateSession().AppendAll(tokens);
        AssertClose(logits, new ActivationTable(session, tokens.Length, config.VocabularySize), "logits of a session");
    });

    [Property(MaxTest = 20)]
    public Property Attention_AnyHead_RowsSumToOneAndNothingLiesAhead() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var trace = Trace(config, out var tokens);
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            for (var head = 0; head < config.HeadCount; head++)
            {
                var attention = trace.Attention(layer, head);
                for (var query = 0; query < tokens.Length; query++)
                {
                    Assert.Equal(1, attention[query].ToArray().Sum(weight => (double)weight), 1e-5);
                    Assert.All(attention[query].ToArray(), weight => Assert.InRange(weight, 0, 1.000001));
                    Assert.All(attention[query][(query + 1)..].ToArray(), ahead => Assert.Equal(0, ahead));
                }
            }
        }
    });

    [Property(MaxTest = 12)]
    public Property Stages_MultipliedByHand_GiveTheNext() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var trace = Trace(config, out var tokens);
        var size = config.HeadSize;
        for (var layer = 0; layer < config.LayerCount; layer++)
        {
            var block = trace.Block(layer);
            AssertSum(trace.Residual(layer), block[ActivationSite.AttentionOutput], block[ActivationSite.MiddleResidual]);
            AssertSum(block[ActivationSite.MiddleResidual], block[ActivationSite.FeedForwardOutput], trace.Residual(layer + 1));
            for (var head = 0; head < config.HeadCount; head++)
            {
                var q = block[ActivationSite.Query].SliceColumns(head * size, size);
                var k = block[ActivationSite.Key].SliceColumns(head * size, size);
                var v = block[ActivationSite.Value].SliceColumns(head * size, size);
                var scores = Product(q, k, transposed: true).Select(row => row.Select(value => value / Math.Sqrt(size)).ToArray()).ToArray();
                AssertClose(scores, trace.Scores(layer, head), "scores");
                var attention = trace.Attention(layer, head);
                AssertClose([.. scores.Select((row, t) => row.Select((score, s) => s > t ? 0 : Math.Exp(score) / row.Take(t + 1).Sum(Math.Exp)).ToArray())], attention, "softmax of the scores");
                AssertClose(Product(attention, v, transposed: false), block[ActivationSite.HeadOutput].SliceColumns(head * size, size), "weighted sum");
            }
        }
    });

    [Property(MaxTest = 12)]
    public Property Trace_WithoutAblations_SaysWhatTheSessionSays() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var trace = Trace(config, out var tokens);

        var session = trace.Model.CreateSession().AppendAll(tokens);

        var logits = trace.Logits(config.LayerCount, 0, tokens.Length);
        var greatest = session.Max(Math.Abs);
        for (var i = 0; i < session.Length; i++) Assert.Equal(session[i], logits.Values[i], 1e-5 * greatest);
    });

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

    [Fact]
    public void Attention_OfSomeQueries_IsThoseRows()
    {
        var trace = Trace(new ModelConfig { VocabularySize = 30, ContextLength = 90, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 }, out _);
        var all = trace.Attention(1, 2);

        foreach (var (first, count) in ((int, int)[])[(0, 90), (0, 1), (17, 40), (89, 1)])
            Assert.Equal(all.Values.AsSpan(first * 90, count * 90).ToArray(), trace.Attention(1, 2, first, count).Values);
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

    [Fact]
    public void Run_WhatTheModelDoesNotHave_IsRefusedInWords()
    {
        var config = new ModelConfig { VocabularySize = 30, ContextLength = 4, EmbeddingSize = 24, HeadCount = 3, LayerCount = 1 };
        var model = LanguageModel.Create(TestWeights.Random(config, seed: 1));

        Refused("no token to read", []);
        Refused("do not fit", [1, 2, 3, 4, 5]);
        Refused("no token 30", [30]);
        Refused("no layer 1", [1], new BranchAblation { Layer = 1 });
        Refused("no head 3", [1], new HeadAblation { Layer = 0, Head = 3, HeadSize = 8 });
        Refused("24 wide", [1], new ActivationPatch { Layer = 0, Position = 0, Site = ActivationSite.Residual, Values = new float[25] });

        void Refused(string words, int[] tokens, params Intervention[] interventions) => Assert.Contains(
            words, Assert.Throws<ArgumentException>(() => Run(model, tokens, interventions)).Message, StringComparison.Ordinal);
    }

    private static ForwardTrace Trace(ModelConfig config, out int[] tokens)
    {
        tokens = Tokens(config, config.ContextLength);
        return Run(LanguageModel.Create(TestWeights.Random(config, seed: 1)), tokens);
    }

    private static ForwardTrace Run(LanguageModel model, int[] tokens, params Intervention[] interventions) =>
        ForwardTrace.Run(model, tokens, interventions, TestContext.Current.CancellationToken);

    private static int[] Tokens(ModelConfig config, int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }

    private static void AssertSum(ActivationTable a, ActivationTable b, ActivationTable sum)
    {
        for (var i = 0; i < sum.Values.Length; i++) Assert.Equal(a.Values[i] + b.Values[i], sum.Values[i]);
    }

    private static double[][] Product(ActivationTable a, ActivationTable b, bool transposed) =>
        [.. Enumerable.Range(0, a.Rows).Select(r => Enumerable.Range(0, transposed ? b.Rows : b.Columns).Select(c =>
            Enumerable.Range(0, a.Columns).Sum(i => (double)a[r][i] * (transposed ? b[c][i] : b[i][c]))).ToArray())];

    private static void AssertClose(double[][] expected, ActivationTable actual, string what)
    {
        Assert.Equal((expected.Length, expected[0].Length), (actual.Rows, actual.Columns));
        var greatest = expected.Max(row => row.Max(Math.Abs));
        for (var r = 0; r < expected.Length; r++)
            for (var c = 0; c < expected[r].Length; c++)
                if (!(Math.Abs(expected[r][c] - actual[r][c]) <= Tolerance * greatest)) Assert.Fail($"{what}: ({r}, {c}) is {actual[r][c]}; expected {expected[r][c]}, of at most {greatest}.");
    }
}
