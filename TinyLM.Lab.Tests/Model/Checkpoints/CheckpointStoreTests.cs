using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Runs;
using TinyLM.Model.Training;

namespace TinyLM.Lab.Tests.Model.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private static readonly ModelWeights s_weights = TestWeights.Random(TrainingRuns.TinyModel, 4);

    private static readonly OrderedDictionary<string, WeightTensor> s_optimizer = new()
    {
        ["exp_avg.transformer.wte.weight"] = new([2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
        ["momentum_buffer.transformer.h.0.mlp.c_fc.weight"] = new([2], new float[] { -1, 0.5f }),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly RunFolder _run;

    public CheckpointStoreTests()
    {
        _run = new RunFolder(_folder["r"]);
        Directory.CreateDirectory(_run.CheckpointsPath);
        File.WriteAllText(_folder["tokenizer.json"], """{"model":{}}""");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadWeights_OfAWrittenCheckpoint_GivesTheSameBits()
    {
        Write(5);

        var read = CheckpointStore.ReadWeights(_run.CheckpointPath(5));

        AssertEqual(s_weights, read);
        Assert.Equal("""{"model":{}}""", File.ReadAllText(CheckpointStore.TokenizerPath(_run.CheckpointPath(5))));
    }

    [Fact]
    public void Write_GivesTheFilesAndMembersThatTheFormatsPageTells()
    {
        Write(5);

        var folder = _run.CheckpointPath(5);
        var named = Regex.Matches(FormatsPage.Between("## checkpoints/", "\n## "), @"^\| `([\w.]+)` \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value);
        Assert.Equal(Directory.GetFiles(folder).Select(Path.GetFileName).Order(), named.Order());
        foreach (var file in (string[])["config.json", "trainer_state.json"])
            Assert.Equal(Members(File.ReadAllText(Path.Combine(folder, file))), Members(FormatsPage.Example($"json {file}")));

        static IEnumerable<string> Members(string json) => JsonNode.Parse(json)!.AsObject().Select(member => member.Key);
    }

    [Fact]
    public void Read_OfAWrittenCheckpoint_GivesMomentsAndState()
    {
        Write(5);

        var read = Checkpoint.Read(_run.CheckpointPath(5));

        Assert.Equal(s_optimizer.Keys, read.Optimizer.Keys);
        foreach (var (name, tensor) in s_optimizer)
        {
            Assert.Equal(tensor.Shape, read.Optimizer[name].Shape);
            Assert.Equal(tensor.Values.ToArray(), read.Optimizer[name].Values.ToArray());
        }
        Assert.Equal(State(5), read.State);
    }

    /// <summary>Hugging Face keeps the matrices of linear layers as (in, out), and calls the model GPT2LMHeadModel.</summary>
    [Fact]
    public void Write_Checkpoint_IsInHuggingFacesLayout()
    {
        Write(5);

        using var reader = new SafetensorsReader(Path.Combine(_run.CheckpointPath(5), "model.safetensors"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_run.CheckpointPath(5), "config.json")))!;
        Assert.Equal([32, 96], reader.Entries["transformer.h.0.attn.c_attn.weight"].Shape);
        Assert.Equal([300, 32], reader.Entries["transformer.wte.weight"].Shape);
        Assert.Equal(s_weights.Tensors["transformer.h.0.attn.c_attn.weight"].Values.Span[1], reader.ReadFloats("transformer.h.0.attn.c_attn.weight")[96]);
        Assert.Equal("GPT2LMHeadModel", (string?)config["architectures"]![0]);
        Assert.Equal("gelu_new", (string?)config["activation_function"]);
        Assert.Equal(32, (int?)config["n_embd"]);
        Assert.Equal(3, (int?)config["eos_token_id"]);
        Assert.Equal("pt", reader.Metadata["format"]);
    }

    /// <summary>Hugging Face calls the model LlamaForCausalLM, keeps its matrices as (out, in), and a head only where it is no embedding table.</summary>
    [Fact]
    public void Write_Llama_IsInHuggingFacesLayout_AndReadsBackTheSameBits()
    {
        var weights = TestWeights.Random(TrainingRuns.TinyLlama, 4);
        Write(5, weights);

        using var reader = new SafetensorsReader(Path.Combine(_run.CheckpointPath(5), "model.safetensors"));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_run.CheckpointPath(5), "config.json")))!;
        AssertEqual(weights, CheckpointStore.ReadWeights(_run.CheckpointPath(5)));
        Assert.Equal([24, 48], reader.Entries["model.layers.1.self_attn.k_proj.weight"].Shape);
        Assert.Equal([300, 48], reader.Entries["lm_head.weight"].Shape);
        Assert.Equal("LlamaForCausalLM", (string?)config["architectures"]![0]);
        Assert.Equal((4, 2, 128), ((int)config["num_attention_heads"]!, (int)config["num_key_value_heads"]!, (int)config["intermediate_size"]!));
        Assert.False((bool)config["tie_word_embeddings"]!);
        Assert.Equal(10_000, (double)config["rope_theta"]!);
        AssertEqual(weights, Checkpoint.Read(_run.CheckpointPath(5)).Weights);
    }

    [Theory]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8}""", "llama3")]
    [InlineData("rope_parameters", """{"rope_type":"yarn","rope_theta":10000}""", "yarn")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act")]
    [InlineData("attention_bias", "true", "attention_bias")]
    [InlineData("head_dim", "16", "head_dim")]
    [InlineData("num_key_value_heads", "3", "key/value heads")]
    [InlineData("max_position_embeddings", "null", "max_position_embeddings")]
    [InlineData("rope_theta", "\"far\"", "rope_theta")]
    public void ReadWeights_OfALlamaThatIsNotKnown_IsRefusedByName(string member, string value, string words)
    {
        Write(5, TestWeights.Random(TrainingRuns.TinyLlama, 4));
        var path = Path.Combine(_run.CheckpointPath(5), "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[member] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());

        Assert.Contains(words, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_RotaryBaseInTheNewPlace_IsRead()
    {
        Write(5, TestWeights.Random(TrainingRuns.TinyLlama, 4));
        var path = Path.Combine(_run.CheckpointPath(5), "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config.Remove("rope_theta");
        config["rope_parameters"] = JsonNode.Parse("""{"rope_type":"default","rope_theta":500000.0}""");
        File.WriteAllText(path, config.ToJsonString());

        Assert.Equal(500_000, CheckpointStore.ReadWeights(_run.CheckpointPath(5)).Config.RotaryBase);
    }

    [Fact]
    public void ReadWeights_WithoutPrefixAndWithHeadAndMasks_Loads()
    {
        Write(5);
        Rewrite(tensors => [
            .. tensors.Select(tensor => (tensor.Name["transformer.".Length..], tensor.Tensor)),
            ("lm_head.weight", tensors.Single(tensor => tensor.Name == "transformer.wte.weight").Tensor),
            ("h.0.attn.bias", new WeightTensor([1, 1, 16, 16], new float[256])),
        ]);

        AssertEqual(s_weights, CheckpointStore.ReadWeights(_run.CheckpointPath(5)));
    }

    [Fact]
    public void ReadWeights_HeadIsNotTheEmbedding_IsRefused()
    {
        Write(5);
        Rewrite(tensors => [.. tensors, ("lm_head.weight", new WeightTensor([300, 32], new float[9600]))]);

        Assert.Contains("lm_head.weight", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_TensorMissingOrOfAnotherShape_IsNamed()
    {
        Write(5);
        Rewrite(tensors => tensors.Where(tensor => tensor.Name != "transformer.h.1.ln_2.bias"));
        Assert.Contains("transformer.h.1.ln_2.bias", Refused(), StringComparison.Ordinal);

        Write(5);
        Rewrite(tensors => tensors.Select(tensor => tensor.Name == "transformer.ln_f.bias" ? (tensor.Name, new WeightTensor([31], new float[31])) : tensor));
        Assert.Contains("transformer.ln_f.bias' has shape (31)", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_type", "mamba")]
    [InlineData("activation_function", "relu")]
    [InlineData("n_embd", "wide")]
    public void ReadWeights_OfAnotherModel_IsRefusedByName(string member, string value)
    {
        Write(5);
        var path = Path.Combine(_run.CheckpointPath(5), "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[member] = value;
        File.WriteAllText(path, config.ToJsonString());

        var message = Refused();
        Assert.Contains(member, message, StringComparison.Ordinal);
        Assert.Contains("config.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadWeights_NoFolder_SaysSo() =>
        Assert.Contains("config.json", Assert.Throws<CheckpointException>(() => CheckpointStore.ReadWeights(_folder["none"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("trainer_state.json")]
    [InlineData("generation_config.json")]
    public void Verify_OneFlippedBit_NamesTheFile(string file)
    {
        Write(5);
        CheckpointStore.Verify(_run.CheckpointPath(5));
        var path = Path.Combine(_run.CheckpointPath(5), file);
        var bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 0x10;
        File.WriteAllBytes(path, bytes);

        var thrown = Assert.Throws<CheckpointException>(() => CheckpointStore.Verify(_run.CheckpointPath(5)));

        Assert.Contains(file, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FileOrManifestMissing_SaysSo()
    {
        Write(5);
        File.Delete(Path.Combine(_run.CheckpointPath(5), "tokenizer.json"));
        Assert.Throws<CheckpointException>(() => CheckpointStore.Verify(_run.CheckpointPath(5)));

        Write(5);
        File.Delete(Path.Combine(_run.CheckpointPath(5), "SHA256SUMS"));
        Assert.Contains("SHA256SUMS", Assert.Throws<CheckpointException>(() => CheckpointStore.Verify(_run.CheckpointPath(5))).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => CheckpointStore.Verify(_run.CheckpointPath(6)));
    }

    [Fact]
    public void ListSteps_AndNewestGood_PassOverWhatIsNoCheckpoint()
    {
        Assert.Null(CheckpointStore.NewestGood(_run));
        Write(5);
        Write(10);
        Directory.CreateDirectory(_run.CheckpointPath(15) + ".new");
        Directory.CreateDirectory(Path.Combine(_run.CheckpointsPath, "other"));
        File.WriteAllText(Path.Combine(_run.CheckpointPath(10), "config.json"), "{}");

        Assert.Equal([5, 10], CheckpointStore.ListSteps(_run));
        Assert.Equal(5, CheckpointStore.NewestGood(_run));
        Assert.Empty(CheckpointStore.ListSteps(new RunFolder(_folder["none"])));
    }

    [Fact]
    public void Superfluous_LongRun_KeepsTheFirstTheNewestAndASparseHistory()
    {
        var kept = new List<int>();
        for (var step = 250; step <= 100_000; step += 250)
        {
            kept.Add(step);
            foreach (var gone in CheckpointRetention.Superfluous(kept)) kept.Remove(gone);
        }

        Assert.Equal(CheckpointRetention.MostKept, kept.Count);
        Assert.Equal(250, kept[0]);
        Assert.Equal([99_500, 99_750, 100_000], kept[^3..]);
        Assert.InRange(kept.Zip(kept.Skip(1), (a, b) => b - a).Max(), 0, 20_000);
        Assert.Equal([1000, 3000, 10_000, 30_000, 100_000], kept.Where(CheckpointRetention.IsMilestone));
    }

    [Fact]
    public void IsMilestone_OfAllSteps_AreThoseAtLogarithmicDistances() =>
        Assert.Equal([10, 30, 100, 300, 1000, 3000], Enumerable.Range(0, 5000).Where(CheckpointRetention.IsMilestone));

    private static TrainerState State(int step) => new()
    {
        Step = step,
        Tokens = 320,
        WallTime = 1.25,
        EventsPosition = 77,
        Sampler = "s",
        Validation = new ValidationRecord(1.5, 2, 4),
        SampledStep = 5,
        Plan = TrainingRuns.Exact,
        SpecSha256 = "aa",
        TrainSha256 = "bb",
        TokenizerSha256 = "cc",
    };

    private static void AssertEqual(ModelWeights expected, ModelWeights found)
    {
        Assert.Equal(expected.Config, found.Config);
        Assert.Equal(expected.Tensors.Count, found.Tensors.Count);
        foreach (var (name, tensor) in expected.Tensors)
        {
            Assert.Equal(tensor.Shape, found.Tensors[name].Shape);
            Assert.Equal(tensor.Values.ToArray(), found.Tensors[name].Values.ToArray());
        }
    }

    private void Write(int step, ModelWeights? weights = null)
    {
        new Checkpoint
        {
            Weights = weights ?? s_weights,
            Optimizer = s_optimizer,
            State = State(step),
        }.Write(_run.CheckpointPath(step), _folder["tokenizer.json"], 3);
    }

    /// <summary>Changes the tensors of the checkpoint of step 5, as they stand in the file.</summary>
    private void Rewrite(Func<List<(string Name, WeightTensor Tensor)>, IEnumerable<(string, WeightTensor)>> change)
    {
        var path = Path.Combine(_run.CheckpointPath(5), "model.safetensors");
        List<(string, WeightTensor)> tensors;
        using (var reader = new SafetensorsReader(path))
            tensors = [.. reader.Entries.Values.OrderBy(entry => entry.Begin)
                .Select(entry => (entry.Name, new WeightTensor([.. entry.Shape.Select(dimension => (int)dimension)], reader.ReadFloats(entry.Name))))];
        using var file = File.Create(path);
        SafetensorsWriter.Write(file, [.. change(tensors)], new Dictionary<string, string>());
    }

    private string Refused() => Assert.Throws<CheckpointException>(() => CheckpointStore.ReadWeights(_run.CheckpointPath(5))).Message;
}
