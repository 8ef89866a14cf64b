using System.Buffers.Binary;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;
using TinyLM.Model.Inference;

namespace TinyLM.Lab.Tests.Model.Checkpoints.Interchange;

public sealed class LlmcFileTests : IDisposable
{
    private static readonly ModelConfig s_config = new() { VocabularySize = 11, ContextLength = 5, EmbeddingSize = 12, LayerCount = 2, HeadCount = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Its vocabularies of 512 and 1,024 need no padding, so the file must come out the same to the byte.</summary>
    [Theory]
    [InlineData("A_V512_L2_H4_C64_T64_init.bin")]
    [InlineData("B_V1024_L4_H4_C128_T128_init.bin")]
    public void Write_LlmcsOwnFile_GivesTheFileAgain(string name)
    {
        var original = SharedData.Path("golden", "llmc", name);
        var written = new MemoryStream();

        LlmcFile.Write(written, LlmcFile.Read(original), isBf16: false);

        Assert.Equal(File.ReadAllBytes(original), written.ToArray());
    }

    /// <summary>The reader of the tests was written apart.</summary>
    [Fact]
    public void Read_LlmcsOwnFile_IsWhatTheTestsReaderReads()
    {
        var path = SharedData.Path("golden", "llmc", "A_V512_L2_H4_C64_T64_init.bin");

        AssertSame(LlmcFiles.ReadModel(path), LlmcFile.Read(path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_OfWhatWasWritten_GivesTheSameBits(bool isBf16)
    {
        var weights = TestWeights.Filled(s_config, (name, i) => (name.Length % 7 - i % 13) / 8f); // few digits: exact in bf16 too

        var path = Write(weights, isBf16);

        AssertSame(weights, LlmcFile.Read(path));
        var rows = 128 * 12 + 5 * 12 + 2 * (12 * 12 * 12 + 13 * 12) + 2 * 12; // the vocabulary of 11 is padded to 128
        Assert.Equal(1024 + rows * (isBf16 ? 2 : 4), new FileInfo(path).Length);
    }

    /// <summary>Rows that only round the vocabulary up: whatever stands in them and however many they are, the model is the same.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 77)]
    public void Read_PaddedVocabulary_ChangesNothing(bool isBf16, int more)
    {
        var weights = TestWeights.Random(s_config, 3);
        var path = Write(weights, isBf16);
        var plain = LlmcFile.Read(path);
        var bytes = File.ReadAllBytes(path);
        var padded = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28));
        var size = isBf16 ? 2 : 4;
        var (start, end) = (1024 + s_config.VocabularySize * s_config.EmbeddingSize * size, 1024 + padded * s_config.EmbeddingSize * size);
        Assert.True(end > start); // the writer rounds up itself
        bytes.AsSpan(start, end - start).Fill(0x41);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), padded + more);
        File.WriteAllBytes(path, [.. bytes[..end], .. Enumerable.Repeat((byte)0x41, more * s_config.EmbeddingSize * size), .. bytes[end..]]);

        var found = LlmcFile.Read(path);

        AssertSame(plain, found);
        int[] tokens = [1, 2, 3];
        Assert.Equal(LanguageModel.Create(plain).CreateSession().AppendAll(tokens), LanguageModel.Create(found).CreateSession().AppendAll(tokens));
    }

    /// <summary>The same file written a second time: what bf16 rounds away is gone once and for all.</summary>
    [Fact]
    public void Write_Bf16Twice_GivesTheSameFile()
    {
        var first = File.ReadAllBytes(Write(TestWeights.Random(s_config, 3), isBf16: true));

        Assert.Equal(first, File.ReadAllBytes(Write(LlmcFile.Read(_folder["model.bin"]), isBf16: true)));
    }

    [Theory]
    [InlineData(0, 7, "begins with 7")]
    [InlineData(4, 4, "version 4")]
    [InlineData(4, 5, "longer than")] // bf16 takes half
    [InlineData(8, 6, "cut off")]
    [InlineData(12, 0, "Vocabulary size is 0")]
    [InlineData(20, 5, "do not divide")]
    [InlineData(24, -12, "Width is -12")]
    [InlineData(28, 10, "padded vocabulary")]
    [InlineData(28, int.MaxValue, "cut off")]
    public void Read_HeaderThatDoesNotFit_NamesFileAndPlace(int at, int value, string words)
    {
        var path = Write(TestWeights.Random(s_config, 3), isBf16: false);
        var bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
        File.WriteAllBytes(path, bytes);

        var message = Assert.Throws<CheckpointException>(() => LlmcFile.Read(path)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problem_OfAModelThatTheFormatCannotHold_SaysWhy()
    {
        Assert.Null(LlmcFile.Problem(s_config));
        Assert.Contains("Llama", LlmcFile.Problem(TrainingRuns.TinyLlama), StringComparison.Ordinal);
        Assert.Contains("feed-forward", LlmcFile.Problem(s_config with { FeedForwardSize = 20 }), StringComparison.Ordinal);
        Assert.Contains("epsilon", LlmcFile.Problem(s_config with { NormEpsilon = 1e-6 }), StringComparison.Ordinal);
    }

    private string Write(ModelWeights weights, bool isBf16)
    {
        using var file = File.Create(_folder["model.bin"]);
        LlmcFile.Write(file, weights, isBf16);
        return file.Name;
    }

    private static void AssertSame(ModelWeights expected, ModelWeights found)
    {
        Assert.Equal(expected.Config, found.Config);
        Assert.Equal(expected.Tensors.Keys.Order(), found.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors) Assert.Equal(tensor.Values.ToArray(), found.Tensors[name].Values.ToArray());
    }
}
