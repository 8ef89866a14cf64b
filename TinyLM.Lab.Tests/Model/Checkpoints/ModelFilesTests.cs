using System.Text.Json.Nodes;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Checkpoints;

public sealed class ModelFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ModelFormat.Llmc, ModelFamily.Gpt2)]
    [InlineData(ModelFormat.Llama2c, ModelFamily.Llama)]
    [InlineData(ModelFormat.Llama2cLegacy, ModelFamily.Llama)]
    [InlineData(ModelFormat.HuggingFace, ModelFamily.Gpt2)]
    [InlineData(ModelFormat.HuggingFace, ModelFamily.Llama)]
    public void Export_OfAnImportedModel_GivesTheModelBack(ModelFormat format, ModelFamily family)
    {
        var weights = TestWeights.Random(TrainingRuns.Tiny(family), 3);
        var first = ModelImporter.Import(WriteFolder(weights), "first", null, _folder["models"], TimeProvider.System);

        ModelExporter.Export(_folder["models", first.Id], format, _folder["out"]);
        var second = ModelImporter.Import(_folder["out"], "", null, _folder["models"], TimeProvider.System);

        Assert.Equal(format, ModelFiles.Detect(_folder["out"]));
        Assert.Equal((format, "out", "out"), (second.Format, second.Name, second.Source));
        Assert.Equal(ModelArithmetic.ParameterCount(weights.Config), second.ParameterCount);
        CheckpointStore.VerifyModel(_folder["models", second.Id]);
        AssertSame(weights, CheckpointStore.ReadWeights(_folder["models", second.Id]));
        Assert.Equal(second, ModelImporter.ReadInfo(_folder["models", second.Id]));
    }

    [Fact]
    public void Import_OfStories260KWithItsTokenizer_KeepsBoth()
    {
        var info = ModelImporter.Import(
            SharedData.Path("checkpoints", "stories260K", "stories260K.bin"), "", SharedData.Path("checkpoints", "stories260K", "tok512.bin"), _folder["models"], TimeProvider.System);

        Assert.Null(info.TokenizerProblem);
        var tokenizer = TextTokenizer.Load(CheckpointStore.TokenizerPath(_folder["models", info.Id]));
        Assert.Equal([403, 407, 261, 378], tokenizer.Encode("Once upon a time")); // as the reference's first prompt begins
        Assert.Equal(260_032, info.ParameterCount);
    }

    [Fact]
    public void Read_ShardedFolder_IsTheWhole()
    {
        var weights = TestWeights.Random(TrainingRuns.TinyLlama, 3);
        var folder = Shard(WriteFolder(weights));

        AssertSame(weights, ModelFiles.Read(folder));
    }

    /// <summary>Half precision, whole and in shards: the numbers are those of the files, exactly.</summary>
    [Theory]
    [InlineData("F16", false)]
    [InlineData("F16", true)]
    [InlineData("BF16", false)]
    [InlineData("BF16", true)]
    public void Import_HalfPrecisionFolder_HasItsNumbers(string type, bool isSharded)
    {
        var exact = TestWeights.Random(TrainingRuns.TinyLlama, 3);
        var rounded = exact with
        {
            Tensors = exact.Tensors.ToDictionary(tensor => tensor.Key, tensor => new WeightTensor(tensor.Value.Shape, tensor.Value.Values.ToArray().Select(value => Widened(Narrowed(value, type), type)).ToArray())),
        };
        var folder = WriteFolder(rounded);
        if (isSharded) Shard(folder);
        foreach (var path in Directory.GetFiles(folder, "*.safetensors")) Narrow(path, type);

        var info = ModelImporter.Import(folder, "half", null, _folder["models"], TimeProvider.System);

        AssertSame(rounded, CheckpointStore.ReadWeights(_folder["models", info.Id]));
    }

    [Theory]
    [InlineData("lm_head.weight", "model-1.safetensors", "does not say")]
    [InlineData("lm_head.weight", "model-3.safetensors", "does not say that 'lm_head.weight'")]
    [InlineData("lm_head.weight", "../model-1.safetensors", "name of a file beside it")]
    [InlineData("model.extra", "model-1.safetensors", "holds no tensor 'model.extra'")]
    public void Read_IndexThatDoesNotFit_NamesTheTensor(string name, string shard, string words)
    {
        var folder = Shard(WriteFolder(TestWeights.Random(TrainingRuns.TinyLlama, 3)));
        var path = Path.Combine(folder, "model.safetensors.index.json");
        var index = JsonNode.Parse(File.ReadAllText(path))!;
        index["weight_map"]![name] = shard;
        File.WriteAllText(path, index.ToJsonString());

        Assert.Contains(words, Assert.Throws<CheckpointException>(() => ModelFiles.Read(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Import_WhatIsNoModel_SaysWhatIsRead_AndKeepsNothing()
    {
        File.WriteAllText(_folder["poem.txt"], "Two roads diverged in a yellow wood, and sorry I could not travel both");

        var message = Assert.Throws<CheckpointException>(() => ModelImporter.Import(_folder["poem.txt"], "", null, _folder["models"], TimeProvider.System)).Message;

        Assert.Contains("llama2.c", message, StringComparison.Ordinal);
        Assert.Contains("poem.txt", message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => ModelImporter.Import(_folder["nothing"], "", null, _folder["models"], TimeProvider.System));
        Assert.False(Directory.Exists(_folder["models"]) && Directory.EnumerateFileSystemEntries(_folder["models"]).Any());
    }

    [Fact]
    public void Import_TokenizerOfAnotherModel_IsRefused()
    {
        var folder = WriteFolder(TestWeights.Random(TrainingRuns.TinyModel with { VocabularySize = 100 }, 3));
        TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, [])).Save(_folder["tokenizer.json"]);

        var message = Assert.Throws<CheckpointException>(() => ModelImporter.Import(folder, "", _folder["tokenizer.json"], _folder["models"], TimeProvider.System)).Message;

        Assert.Contains("257 tokens and the model 100", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_InAFormatOfAnotherFamily_OrOverSomething_SaysWhy()
    {
        var folder = WriteFolder(TestWeights.Random(TrainingRuns.TinyModel, 3));

        Assert.Contains("Llama family", Assert.Throws<CheckpointException>(() => ModelExporter.Export(folder, ModelFormat.Llama2c, _folder["out"])).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out"]));
        File.WriteAllText(_folder["out"], "mine");
        Assert.Contains("stands there", Assert.Throws<CheckpointException>(() => ModelExporter.Export(folder, ModelFormat.Llmc, _folder["out"])).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder["out"]));
    }

    private string WriteFolder(ModelWeights weights)
    {
        var folder = _folder["source"];
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), ConfigFile.ToJson(weights.Config, 0));
        using var file = File.Create(Path.Combine(folder, "model.safetensors"));
        HuggingFaceWeights.Write(file, weights);
        return folder;
    }

    /// <summary>Puts the first two tensors into one file and the others into another.</summary>
    private static string Shard(string folder)
    {
        var whole = Path.Combine(folder, "model.safetensors");
        var map = new JsonObject();
        using (var reader = new SafetensorsReader(whole))
        {
            var tensors = reader.Entries.Values.OrderBy(entry => entry.Begin).Select(entry => (entry.Name, new WeightTensor([.. entry.Shape.Select(size => (int)size)], reader.ReadFloats(entry.Name)))).ToList();
            Write("model-1.safetensors", [.. tensors.Take(2)]);
            Write("model-2.safetensors", [.. tensors.Skip(2)]);
        }
        File.Delete(whole);
        File.WriteAllText(whole + ".index.json", new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());
        return folder;

        void Write(string name, IReadOnlyList<(string Name, WeightTensor Tensor)> tensors)
        {
            using var file = File.Create(Path.Combine(folder, name));
            SafetensorsWriter.Write(file, tensors, new Dictionary<string, string>());
            foreach (var tensor in tensors) map[tensor.Name] = name;
        }
    }

    /// <summary>Writes a file of fp32 again with two bytes a number.</summary>
    private static void Narrow(string path, string type)
    {
        var header = new JsonObject();
        var data = new List<byte>();
        using (var reader = new SafetensorsReader(path))
        {
            foreach (var entry in reader.Entries.Values.OrderBy(entry => entry.Begin))
            {
                var start = data.Count;
                foreach (var value in reader.ReadFloats(entry.Name)) data.AddRange(BitConverter.GetBytes(Narrowed(value, type)));
                header[entry.Name] = new JsonObject { ["dtype"] = type, ["shape"] = new JsonArray([.. entry.Shape.Select(size => JsonValue.Create(size))]), ["data_offsets"] = new JsonArray(start, data.Count) };
            }
        }
        var json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
    }

    private static ushort Narrowed(float value, string type) =>
        type == "F16" ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);

    private static float Widened(ushort bits, string type) =>
        type == "F16" ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static void AssertSame(ModelWeights expected, ModelWeights found)
    {
        Assert.Equal(expected.Config, found.Config);
        Assert.Equal(expected.Tensors.Keys.Order(), found.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors) Assert.Equal(tensor.Values.ToArray(), found.Tensors[name].Values.ToArray());
    }
}
