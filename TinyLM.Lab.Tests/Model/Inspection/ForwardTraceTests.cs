using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Inference;
using TinyLM.Model.Inspection;
using static TinyLM.Lab.Tests.Support.TestTraces;

namespace TinyLM.Lab.Tests.Model.Inspection;

public class ForwardTraceTests
{
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
    public void Attention_OfSomeQueries_IsThoseRows()
    {
        var trace = Trace(new ModelConfig { VocabularySize = 30, ContextLength = 90, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 }, out _);
        var all = trace.Attention(1, 2);

        foreach (var (first, count) in ((int, int)[])[(0, 90), (0, 1), (17, 40), (89, 1)])
            Assert.Equal(all.Values.AsSpan(first * 90, count * 90).ToArray(), trace.Attention(1, 2, first, count).Values);
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

    private static void AssertSum(ActivationTable a, ActivationTable b, ActivationTable sum)
    {
        for (var i = 0; i < sum.Values.Length; i++) Assert.Equal(a.Values[i] + b.Values[i], sum.Values[i]);
    }

    private static double[][] Product(ActivationTable a, ActivationTable b, bool transposed) =>
        [.. Enumerable.Range(0, a.Rows).Select(r => Enumerable.Range(0, transposed ? b.Rows : b.Columns).Select(c =>
            Enumerable.Range(0, a.Columns).Sum(i => (double)a[r][i] * (transposed ? b[c][i] : b[i][c]))).ToArray())];
}
