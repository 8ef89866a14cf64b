using TinyLM.Model.Architectures;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Inference;

public class SessionBatchTests
{
    private static readonly ModelConfig s_config =
        new() { VocabularySize = 50, ContextLength = 40, EmbeddingSize = 32, HeadCount = 2, LayerCount = 2 };

    [Theory]
    [InlineData(WeightFormat.Fp32)]
    [InlineData(WeightFormat.Bf16)]
    public void Read_TextsThatComeAndGo_HasTheBitsOfEachTextAlone(WeightFormat format)
    {
        var model = LanguageModel.Create(TestWeights.Random(s_config, seed: 3), format);
        var random = new Random(9);
        var texts = Enumerable.Range(0, 9).Select(_ => Enumerable.Range(0, random.Next(5, s_config.ContextLength)).Select(_ => random.Next(50)).ToArray()).ToArray();
        var expected = texts.Select(text => Alone(model, text)).ToArray();
        var batch = model.CreateBatch();
        var sessions = texts.Select(_ => model.CreateSession()).ToArray();

        // In each round some of the texts read on, by one token or by several.
        while (sessions.Index().Where(one => one.Item.Position < texts[one.Index].Length).Select(one => one.Index).ToArray() is [_, ..] open)
        {
            var parts = open.Where(_ => random.Next(3) > 0).Select(i =>
            {
                var left = texts[i].Length - sessions[i].Position;
                var count = Math.Min(left, random.Next(2) == 0 ? 1 : random.Next(1, 8));
                return (Index: i, Part: new BatchPart(sessions[i], texts[i].AsMemory(sessions[i].Position, count), WantsLogits: count == 1 || count == left));
            }).ToList();

            batch.Read([.. parts.Select(one => one.Part)]);

            foreach (var (i, part) in parts.Where(one => one.Part.WantsLogits))
                Assert.Equal(expected[i][part.Session.Position - 1], Bits(part.Session.Logits));
        }
    }

    [Fact]
    public void Read_WhatCannotBeRead_IsRefusedBeforeAnythingIsRead()
    {
        var model = LanguageModel.Create(TestWeights.Random(s_config, seed: 3));
        var (batch, one, two) = (model.CreateBatch(), model.CreateSession(), model.CreateSession());
        var foreign = LanguageModel.Create(TestWeights.Random(s_config, seed: 4)).CreateSession();

        Assert.Throws<ArgumentException>(() => batch.Read([Part(one, 1), Part(foreign, 1)]));
        Assert.Throws<ArgumentException>(() => batch.Read([Part(one, 1), Part(one, 1)]));
        Assert.Throws<ArgumentException>(() => batch.Read([Part(one, 1), Part(two)]));
        Assert.Throws<ArgumentException>(() => batch.Read([Part(one, 1), Part(two, 50)]));
        Assert.Throws<ArgumentException>(() => batch.Read([Part(one, new int[33]), Part(two, new int[33])]));
        Assert.Equal((0, 0), (one.Position, two.Position));

        static BatchPart Part(InferenceSession session, params int[] tokens) => new(session, tokens, WantsLogits: true);
    }

    private static int[][] Alone(LanguageModel model, int[] text)
    {
        var session = model.CreateSession();
        return [.. text.Select(token => Bits(session.Append([token])))];
    }

    private static int[] Bits(ReadOnlySpan<float> logits)
    {
        var bits = new int[logits.Length];
        for (var i = 0; i < bits.Length; i++) bits[i] = BitConverter.SingleToInt32Bits(logits[i]);
        return bits;
    }
}
