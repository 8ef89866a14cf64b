using System.Runtime.Intrinsics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints.Interchange;
using TinyLM.Model.Generation;
using TinyLM.Model.Inference;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Inference;

public class LlamaNetworkTests
{
    /// <summary>fp32 against double precision, relative to the largest logit: 1,200 random shapes stayed below half of it.</summary>
    private const double LogitTolerance = 2e-5;

    private static readonly PanelKernel[] s_widths =
    [
        new PanelKernel<Lanes128, Vector128<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes256, Vector256<float>>(WeightFormat.Fp32),
        new PanelKernel<Lanes512, Vector512<float>>(WeightFormat.Fp32),
    ];

    private static readonly Gen<ModelConfig> s_configs =
        from shared in Gen.Choose(1, 3)
        from grouped in Gen.Choose(1, 3)
        from pairs in Gen.Choose(1, 20)
        from layerCount in Gen.Choose(1, 3)
        from inner in Gen.Choose(1, 90)
        from vocabularySize in Gen.Choose(2, 90)
        from contextLength in Gen.Choose(2, 100)
        from tied in Gen.Elements(true, false)
        from rotaryBase in Gen.Elements(10_000.0, 500_000.0)
        select new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = vocabularySize,
            ContextLength = contextLength,
            EmbeddingSize = 2 * pairs * shared * grouped,
            LayerCount = layerCount,
            HeadCount = shared * grouped,
            KeyValueHeadCount = shared,
            FeedForwardSize = inner,
            TiedHead = tied,
            RotaryBase = rotaryBase,
            NormEpsilon = 1e-6,
        };

    [Property(MaxTest = 12)]
    public Property AppendAll_AnyShape_EqualsTheFormulasInDoublePrecision() => Prop.ForAll(s_configs.ToArbitrary(), config =>
    {
        var weights = TestWeights.Random(config, seed: 1);
        var random = new Random(2);
        var tokens = Enumerable.Range(0, config.ContextLength).Select(_ => random.Next(config.VocabularySize)).ToArray();
        var expected = new LlamaReference(weights).Logits(tokens);
        var largest = expected.Max(row => row.Max(Math.Abs));

        foreach (var kernel in s_widths)
        {
            var session = LanguageModel.Create(weights, kernel).CreateSession();
            float[] actual = [.. session.AppendAll(tokens.AsSpan(0, 1)), .. session.AppendAll(tokens.AsSpan(1))]; // a token alone, then the rest

            for (var t = 0; t < tokens.Length; t++)
                for (var id = 0; id < config.VocabularySize; id++)
                    Assert.Equal(expected[t][id], actual[t * config.VocabularySize + id], LogitTolerance * largest);
        }
    });

    /// <summary>The reference says that the smallest margin between first and second choice is 0.0025, so a correct engine matches exactly.</summary>
    [Theory]
    [InlineData("stories260K.bin")]
    [InlineData("stories260K_v1.bin")]
    public void GreedyTexts_OfStories260K_AreLlama2csTokenForToken(string file)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama2c", "stories260K_greedy.json")));
        var model = LanguageModel.Create(Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", file)));

        foreach (var prompt in golden.RootElement.GetProperty("prompts").EnumerateArray())
        {
            var expected = prompt.GetProperty("generated_ids").Deserialize<int[]>()!;
            var session = model.CreateSession();
            var start = prompt.GetProperty("prompt_ids").Deserialize<int[]>()!;
            var logits = session.Append(start);
            var written = new List<int>();
            while (true)
            {
                written.Add(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits));
                if (written.Count == expected.Length) break;
                int[] last = [written[^1]];
                logits = session.Append(last);
            }

            Assert.Equal(expected, written);
        }
    }

    [Fact]
    public void Logits_OfStories260K_AreLlama2cs()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama2c", "stories260K_greedy.json")));
        var model = LanguageModel.Create(Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K.bin")));
        var compared = 0;

        foreach (var prompt in golden.RootElement.GetProperty("prompts").EnumerateArray())
        {
            if (!prompt.TryGetProperty("logits_last_prompt_pos", out var expected)) continue;
            var logits = model.CreateSession().Append(prompt.GetProperty("prompt_ids").Deserialize<int[]>()!);
            for (var id = 0; id < logits.Length; id++) Assert.Equal(expected[id].GetDouble(), logits[id], 1e-4);
            compared++;
        }

        Assert.True(compared >= 3);
    }

    /// <summary>
    /// Its author reports 1.297 nats a token on validation text of his own preparation. Our sample is of the same world but not that
    /// text: over parts of it the loss is 1.350 (a random draw of the first release), 1.378 (the second) and 1.497 (the first
    /// release's beginning), each within 0.02 by chance alone; with an empty line between paragraphs, as the releases have, it is 0.06
    /// higher: the author's text had none, as the model's own texts do not. So what can be asked is the neighbourhood, which any mistake leaves.
    /// </summary>
    [Fact]
    public void Loss_OfStories260K_OnTinyStories_IsAsPublished()
    {
        const double Published = 1.297;
        const double OtherText = 0.08;
        var model = LanguageModel.Create(Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K.bin")));
        var (tokenizer, _) = TokenizerImport.Read([new ExportedFile("tok512.bin", File.ReadAllBytes(SharedData.Path("checkpoints", "stories260K", "tok512.bin")))], new TokenizerImportOptions());
        var stories = File.ReadAllText(SharedData.Path("corpora", "tinystories", "tinystories_val.txt")).Split("<|endoftext|>").Select(story => story.Trim()).Where(story => story.Length > 0).Take(150);
        int[] tokens = [.. stories.SelectMany(story => tokenizer.Encode(story).Prepend(1))];
        var context = model.Config.ContextLength;

        var losses = new List<double>();
        for (var start = 0; start + context < tokens.Length; start += context)
        {
            var logits = model.CreateSession().AppendAll(tokens.AsSpan(start, context));
            losses.Add(Enumerable.Range(0, context).Average(t => -Sampler.LogProbability(logits.AsSpan(t * model.Config.VocabularySize, model.Config.VocabularySize), tokens[start + t + 1])));
        }

        var mean = losses.Average();
        var standardError = Math.Sqrt(losses.Average(loss => (loss - mean) * (loss - mean)) / (losses.Count - 1));
        TestContext.Current.SendDiagnosticMessage($"{losses.Count} windows, loss {mean:F4}, standard error {standardError:F4}");
        Assert.InRange(mean, Published - OtherText, Published + OtherText);
    }

    [Fact]
    public void Logits_OfTheReferencesTinyModel_AreItsOwn()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "llama_train", "llama_tiny_40steps.json")));
        var forward = golden.RootElement.GetProperty("first_forward");
        var model = LanguageModel.Create(Llama2cFile.Read(SharedData.Path("golden", "llama_train", "llama_tiny_init_v0.bin")));

        var logits = model.CreateSession().AppendAll(forward.GetProperty("ids").Deserialize<int[]>()!);

        var expected = forward.GetProperty("logits").Deserialize<double[][]>()!.SelectMany(row => row).ToList();
        Assert.Equal(expected.Count, logits.Length);
        for (var i = 0; i < logits.Length; i++) Assert.Equal(expected[i], logits[i], 1e-5);
    }
}
