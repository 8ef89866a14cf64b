using System.Buffers.Binary;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;

namespace TinyLM.Lab.Tests.Model.Checkpoints.Interchange;

public sealed class Llama2cFileTests : IDisposable
{
    private static readonly ModelConfig s_config = new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 11,
        ContextLength = 5,
        EmbeddingSize = 12,
        LayerCount = 2,
        HeadCount = 3,
        KeyValueHeadCount = 1,
        FeedForwardSize = 7,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_TheTwoFormsOfStories260K_AreTheSameModel()
    {
        var legacy = Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K.bin"));
        var version1 = Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K_v1.bin"));

        Assert.Equal((64, 5, 8, 4, 172, 512, 512), (
            legacy.Config.EmbeddingSize, legacy.Config.LayerCount, legacy.Config.HeadCount, legacy.Config.KeyValueHeadCount,
            legacy.Config.FeedForwardSize, legacy.Config.VocabularySize, legacy.Config.ContextLength));
        AssertSame(legacy, version1);
    }

    [Fact]
    public void Write_Stories260K_GivesTheFileAgain()
    {
        var original = SharedData.Path("checkpoints", "stories260K", "stories260K_v1.bin");
        var written = new MemoryStream();

        Llama2cFile.Write(written, Llama2cFile.Read(original), isLegacy: false);

        Assert.Equal(File.ReadAllBytes(original), written.ToArray());
    }

    /// <summary>The tables of angles were computed by another program, so their last bits are its own; every weight is the same.</summary>
    [Fact]
    public void Write_Stories260KInTheLegacyForm_DiffersInTheLastBitsOfTheAnglesAlone()
    {
        var original = File.ReadAllBytes(SharedData.Path("checkpoints", "stories260K", "stories260K.bin"));
        var written = new MemoryStream();

        Llama2cFile.Write(written, Llama2cFile.Read(SharedData.Path("checkpoints", "stories260K", "stories260K.bin")), isLegacy: true);

        const int TableBytes = 2 * 512 * 4 * sizeof(float);
        var found = written.ToArray();
        Assert.Equal(original.Length, found.Length);
        Assert.True(original.AsSpan(..^TableBytes).SequenceEqual(found.AsSpan(..^TableBytes)));
        for (var i = original.Length - TableBytes; i < original.Length; i += 4)
            Assert.Equal(BinaryPrimitives.ReadSingleLittleEndian(original.AsSpan(i)), BinaryPrimitives.ReadSingleLittleEndian(found.AsSpan(i)), 5e-5f);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Read_OfWhatWasWritten_GivesTheSameBits(bool isLegacy, bool isTied)
    {
        var weights = TestWeights.Random(s_config with { TiedHead = isTied }, 3);

        AssertSame(weights, Llama2cFile.Read(Write(weights, isLegacy)));
    }

    [Theory]
    [InlineData(true, 0, 13, "do not divide")] // width
    [InlineData(true, 16, 0, "size of 0")] // key/value heads
    [InlineData(true, 20, int.MinValue, "Vocabulary size is -2147483648")]
    [InlineData(false, 28, -11, "Vocabulary size is -11")]
    [InlineData(true, 24, 6, "cut off")] // context: longer tables
    [InlineData(true, 4, 6, "longer than")] // hidden layer
    [InlineData(false, 4, 2, "version 2")]
    [InlineData(false, 36, 7, "shared head")]
    [InlineData(false, 12, 70, "cut off")]
    public void Read_HeaderThatDoesNotFit_NamesFileAndPlace(bool isLegacy, int at, int value, string words)
    {
        var path = Write(TestWeights.Random(s_config, 3), isLegacy);
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        File.WriteAllBytes(path, bytes);

        var message = Assert.Throws<CheckpointException>(() => Llama2cFile.Read(path)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problem_OfAModelThatTheFormatCannotHold_SaysWhy()
    {
        Assert.Null(Llama2cFile.Problem(s_config));
        Assert.Contains("Llama family", Llama2cFile.Problem(new ModelConfig()), StringComparison.Ordinal);
        Assert.Contains("rotary base", Llama2cFile.Problem(s_config with { RotaryBase = 500_000 }), StringComparison.Ordinal);
        Assert.Contains("epsilon", Llama2cFile.Problem(s_config with { NormEpsilon = 1e-6 }), StringComparison.Ordinal);
    }

    private string Write(ModelWeights weights, bool isLegacy)
    {
        using var file = File.Create(_folder["model.bin"]);
        Llama2cFile.Write(file, weights, isLegacy);
        return file.Name;
    }

    private static void AssertSame(ModelWeights expected, ModelWeights found)
    {
        Assert.Equal(expected.Config, found.Config);
        Assert.Equal(expected.Tensors.Keys.Order(), found.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors) Assert.Equal(tensor.Values.ToArray(), found.Tensors[name].Values.ToArray());
    }
}
