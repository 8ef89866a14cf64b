using System.Numerics.Tensors;
using System.Text.Json;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints.Interchange;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Inference;

public class SessionBatchTests
{
    private static readonly ModelConfig s_config =
        new() { VocabularySize = 50, ContextLength = 40, EmbeddingSize = 32, HeadCount = 2, LayerCount = 2 };

    [Theory]
    [InlineData(WeightFormat.Fp32, 1)]
    [InlineData(WeightFormat.Bf16, 1)]
    [InlineData(WeightFormat.Fp32, 2)]
    [InlineData(WeightFormat.Fp32, 5)]
    public void Read_TextsThatComeAndGo_HasTheBitsOfEachTextAlone(WeightFormat format, int threads)
    {
        var model = LanguageModel.Create(TestWeights.Random(s_config, seed: 3), format, threads);
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

    /// <summary>Greedy texts of an imported model are llama2.c's, with a cache and without, alone and together.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void GreedyTexts_OfStories260KWrittenTogether_AreLlama2csTokenForToken(bool keepsCache)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama2c", "stories260K_greedy.json")));
        var model = LanguageModel.Create(Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K.bin")));
        var prompts = golden.RootElement.GetProperty("prompts").EnumerateArray().Take(keepsCache ? 100 : 4).ToList();
        var expected = prompts.Select(prompt => prompt.GetProperty("generated_ids").Deserialize<int[]>()!.Take(keepsCache ? int.MaxValue : 24).ToArray()).ToList();
        var texts = prompts.Select(prompt => prompt.GetProperty("prompt_ids").Deserialize<List<int>>()!).ToList();
        var starts = texts.Select(text => text.Count).ToList();
        var sessions = texts.Select(_ => model.CreateSession()).ToList();
        var batch = model.CreateBatch();

        while (Enumerable.Range(0, texts.Count).Where(i => texts[i].Count - starts[i] < expected[i].Length).ToArray() is [_, ..] open)
        {
            foreach (var i in open.Where(_ => !keepsCache)) sessions[i].Rewind(0);
            while (open.Where(i => sessions[i].Position < texts[i].Count).ToArray() is [_, ..] unread)
            {
                var room = SessionBatch.MostRows / unread.Length;
                batch.Read([.. unread.Select(i => (Index: i, Count: Math.Min(room, texts[i].Count - sessions[i].Position))).Select(one => new BatchPart(
                    sessions[one.Index], texts[one.Index].Skip(sessions[one.Index].Position).Take(one.Count).ToArray(), WantsLogits: sessions[one.Index].Position + one.Count == texts[one.Index].Count))]);
            }

            foreach (var i in open) texts[i].Add(TensorPrimitives.IndexOfMax(sessions[i].Logits));
        }

        for (var i = 0; i < texts.Count; i++) Assert.Equal(expected[i], texts[i].Skip(starts[i]));
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
