using System.Runtime.Intrinsics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Inference;

public class LanguageModelTests
{
    /// <summary>fp32 against double precision, relative to logits of about 10: rounding grows over a few layers of sums.</summary>
    private const double LogitTolerance = 2e-4;

    /// <summary>What the reference runs ask of an fp32 engine (llm.c itself strays by 1.3e-5).</summary>
    private const double LossTolerance = 1e-4;

    private static readonly PanelKernel[] s_widths =
    [
        new PanelKernel<Lanes128, Vector128<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes256, Vector256<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes512, Vector512<float>>(WeightFormat.Fp32),
    ];

    private static readonly Gen<ModelConfig> s_configs =
        from headCount in Gen.Choose(1, 4)
        from headSize in Gen.Choose(1, 40)
        from layerCount in Gen.Choose(1, 3)
        from vocabularySize in Gen.Choose(2, 90)
        from contextLength in Gen.Choose(2, 150)
        select new ModelConfig
        {
            VocabularySize = vocabularySize,
            ContextLength = contextLength,
            EmbeddingSize = headCount * headSize,
            LayerCount = layerCount,
            HeadCount = headCount,
        };

    [Property(MaxTest = 12)]
    public Property AppendAll_AnyShape_EqualsTheFormulasInDoublePrecision() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var weights = TestWeights.Random(config, seed: 1);
        var tokens = Tokens(config, config.ContextLength, seed: 2);
        var expected = new Gpt2Reference(weights).Logits(tokens);

        foreach (var kernel in s_widths)
        {
            var actual = LanguageModel.Create(weights, kernel).CreateSession().AppendAll(tokens);

            for (var t = 0; t < tokens.Length; t++)
                for (var id = 0; id < config.VocabularySize; id++)
                    Assert.Equal(expected[t][id], actual[t * config.VocabularySize + id], LogitTolerance);
        }
    });

    [Property(MaxTest = 30)]
    public Property Append_InAnyPieces_EqualsAllAtOnce() =>
        Prop.ForAll(s_configs.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (config, seed) =>
        {
            var model = LanguageModel.Create(TestWeights.Random(config, seed: 3));
            var tokens = Tokens(config, config.ContextLength, seed: 4);
            var expected = model.CreateSession().AppendAll(tokens);
            var session = model.CreateSession();
            var random = new Random(seed);

            while (session.Position < tokens.Length)
            {
                var piece = random.Next(1, Math.Min(random.Next(2, 100), tokens.Length - session.Position) + 1);
                var logits = session.Append(tokens.AsSpan(session.Position, piece));

                AssertRow(expected, session.Position - 1, logits);
            }
        });

    [Fact]
    public void Rewind_ThenOtherTokens_ReadsAsIfTheFirstHadNeverBeen()
    {
        var config = new ModelConfig { VocabularySize = 40, ContextLength = 100, EmbeddingSize = 24, HeadCount = 3, LayerCount = 2 };
        var model = LanguageModel.Create(TestWeights.Random(config, seed: 5));
        var kept = Tokens(config, 33, seed: 6);
        var other = Tokens(config, 20, seed: 7);
        var expected = model.CreateSession().AppendAll([.. kept, .. other]);
        var session = model.CreateSession();
        session.Append(kept);
        session.Append(Tokens(config, 67, seed: 8));

        session.Rewind(kept.Length);
        var logits = session.Append(other);

        Assert.Equal(kept.Length + other.Length, session.Position);
        AssertRow(expected, kept.Length + other.Length - 1, logits);
    }

    [Fact]
    public void Loss_OfLlmcsRandomWeights_IsLlmcsOwn()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llmc", "A_default.json")));
        var model = LanguageModel.Create(LlmcFiles.ReadModel(SharedData.Path("golden", "llmc", "A_V512_L2_H4_C64_T64_init.bin")));
        var train = LlmcFiles.ReadTokens(SharedData.Path("golden", "llmc", "tinyshakespeare_v512_train.bin"));
        var batch = golden.RootElement.GetProperty("train_sample_index")[0].GetInt32();
        var step0 = golden.RootElement.GetProperty("step0_fp64");
        var firstRow = model.CreateSession().AppendAll(train.AsSpan(batch * BatchTokens, ContextLength));

        Assert.Equal(golden.RootElement.GetProperty("train_loss_fp64")[0].GetDouble(), Loss(model, train, batch), LossTolerance);
        AssertEqual(step0.GetProperty("logits_b0_t0"), firstRow.AsSpan(0, 512));
        AssertEqual(step0.GetProperty("logits_b0_tlast"), firstRow.AsSpan(63 * 512, 512));

        static void AssertEqual(JsonElement expected, ReadOnlySpan<float> actual)
        {
            Assert.Equal(expected.GetArrayLength(), actual.Length);
            for (var id = 0; id < actual.Length; id++) Assert.Equal(expected[id].GetDouble(), actual[id], 1e-5);
        }
    }

    [Fact]
    public void ValidationLoss_OfLlmcsRandomWeights_IsLlmcsOwn()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llmc", "A_default.json")));
        var model = LanguageModel.Create(LlmcFiles.ReadModel(SharedData.Path("golden", "llmc", "A_V512_L2_H4_C64_T64_init.bin")));
        var validation = LlmcFiles.ReadTokens(SharedData.Path("golden", "llmc", "tinyshakespeare_v512_val.bin"));

        var loss = Enumerable.Range(0, 5).Average(batch => Loss(model, validation, batch));

        Assert.Equal(golden.RootElement.GetProperty("val_loss_every_10_steps_fp64")[0].GetDouble(), loss, LossTolerance);
    }

    [Fact]
    public void AppendAll_OfLlmcsTrainedWeights_EqualsTheFormulasInDoublePrecision()
    {
        var config = LlmcFiles.ReadModel(SharedData.Path("golden", "llmc", "A_V512_L2_H4_C64_T64_init.bin")).Config;
        var weights = LlmcFiles.ReadWeights(SharedData.Path("golden", "llmc", "A_hot_final.f32"), config);
        var tokens = LlmcFiles.ReadTokens(SharedData.Path("golden", "llmc", "tinyshakespeare_v512_val.bin"))[..ContextLength];

        var actual = LanguageModel.Create(weights).CreateSession().AppendAll(tokens);

        var expected = new Gpt2Reference(weights).Logits(tokens);
        for (var t = 0; t < tokens.Length; t++)
            for (var id = 0; id < config.VocabularySize; id++)
                Assert.Equal(expected[t][id], actual[t * config.VocabularySize + id], 2e-5);
    }

    [Fact]
    public void Append_OutsideOfVocabularyOrContext_IsRefusedAndReadsNothing()
    {
        var config = new ModelConfig { VocabularySize = 10, ContextLength = 4, EmbeddingSize = 8, HeadCount = 2, LayerCount = 1 };
        var session = LanguageModel.Create(TestWeights.Random(config, seed: 9)).CreateSession();
        session.Append([1, 2]);

        Assert.Contains("no token 10", Assert.Throws<ArgumentException>(() => session.AppendAll([3, 10])).Message, StringComparison.Ordinal);
        Assert.Contains("no token -1", Assert.Throws<ArgumentException>(() => session.AppendAll([-1])).Message, StringComparison.Ordinal);
        Assert.Contains("do not fit", Assert.Throws<ArgumentException>(() => session.AppendAll([1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => { session.Append([]); });
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Rewind(-1));
        Assert.Equal(2, session.Position);
        Assert.Empty(session.AppendAll([]));
    }

    [Fact]
    public void Create_WeightsOfAnotherModel_NamesTheWeight()
    {
        var config = new ModelConfig { VocabularySize = 10, ContextLength = 4, EmbeddingSize = 8, HeadCount = 2, LayerCount = 1 };
        var weights = TestWeights.Random(config, seed: 10);

        Refused(weights with { Config = config with { LayerCount = 2 } }, "transformer.h.1.ln_1.weight");
        Refused(weights with { Config = config with { ContextLength = 5 } }, "transformer.wpe.weight has shape (4, 8)");
        Refused(weights with { Config = config with { HeadCount = 3 } }, "do not divide");
        Refused(With("lm_head.weight", new WeightTensor([10, 8], new float[80])), "lm_head.weight");
        Refused(With("transformer.ln_f.bias", new WeightTensor([8], new float[7])), "holds 7 values");

        ModelWeights With(string name, WeightTensor tensor) =>
            weights with { Tensors = new Dictionary<string, WeightTensor>(weights.Tensors) { [name] = tensor } };

        static void Refused(ModelWeights weights, string words) => Assert.Contains(
            words, Assert.Throws<ArgumentException>(() => LanguageModel.Create(weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_OnManyThreads_DoNotDisturbEachOther()
    {
        var config = new ModelConfig { VocabularySize = 50, ContextLength = 64, EmbeddingSize = 32, HeadCount = 4, LayerCount = 2 };
        var model = LanguageModel.Create(TestWeights.Random(config, seed: 11));
        var texts = Enumerable.Range(0, 4).Select(seed => Tokens(config, 64, seed)).ToArray();
        var expected = texts.Select(text => model.CreateSession().AppendAll(text)).ToArray();

        var actual = await Task.WhenAll(texts.Select(text => Task.Run(
            () => Enumerable.Range(0, 20).Select(_ => model.CreateSession().AppendAll(text)).Last())));

        Assert.Equal(expected, actual);
    }

    private const int ContextLength = 64;
    private const int BatchTokens = 4 * ContextLength;

    private static double Loss(LanguageModel model, int[] tokens, int batch)
    {
        var loss = 0.0;
        for (var start = batch * BatchTokens; start < (batch + 1) * BatchTokens; start += ContextLength)
        {
            var logits = model.CreateSession().AppendAll(tokens.AsSpan(start, ContextLength));
            for (var t = 0; t < ContextLength; t++)
                loss -= Sampler.LogProbability(logits.AsSpan(t * model.Config.VocabularySize, model.Config.VocabularySize), tokens[start + t + 1]);
        }

        return loss / BatchTokens;
    }

    private static int[] Tokens(ModelConfig config, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }

    private static void AssertRow(float[] expected, int row, ReadOnlySpan<float> actual)
    {
        for (var id = 0; id < actual.Length; id++) Assert.Equal(expected[row * actual.Length + id], actual[id], LogitTolerance);
    }
}
