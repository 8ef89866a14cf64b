using System.Text;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;

namespace TinyLM.Lab.Tests.Model.Checkpoints;

/// <summary>Sound files, damaged at random: a reader reads them or says what is wrong by its own exception and by the file's name, and nothing else ever happens.</summary>
public sealed class ModelFileFuzzTests : IDisposable
{
    /// <summary>Bytes that reading a file of some kilobytes may allocate: damage must not make it believe in gigabytes.</summary>
    private const long LargestAllocation = 50_000_000;

    private static readonly ModelConfig s_gpt2 = new() { VocabularySize = 3, ContextLength = 2, EmbeddingSize = 4, LayerCount = 1, HeadCount = 2 };

    private static readonly ModelConfig s_llama = s_gpt2 with { Family = ModelFamily.Llama, KeyValueHeadCount = 1, FeedForwardSize = 2 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Llmc_Damaged_IsReadOrRefused() => Check(Written(stream => LlmcFile.Write(stream, TestWeights.Random(s_gpt2, 1), isBf16: false)), headerLength: 40, path => LlmcFile.Read(path));

    [Fact]
    public void LlmcBf16_Damaged_IsReadOrRefused() => Check(Written(stream => LlmcFile.Write(stream, TestWeights.Random(s_gpt2, 1), isBf16: true)), headerLength: 40, path => LlmcFile.Read(path));

    [Fact]
    public void Llama2c_Damaged_IsReadOrRefused() => Check(Written(stream => Llama2cFile.Write(stream, TestWeights.Random(s_llama, 1), isLegacy: false)), headerLength: 40, path => Llama2cFile.Read(path));

    [Fact]
    public void Llama2cLegacy_Damaged_IsReadOrRefused() => Check(Written(stream => Llama2cFile.Write(stream, TestWeights.Random(s_llama, 1), isLegacy: true)), headerLength: 28, path => Llama2cFile.Read(path));

    [Fact]
    public void Safetensors_Damaged_IsReadOrRefused() => Check(Written(stream => HuggingFaceWeights.Write(stream, TestWeights.Random(s_llama, 1))), headerLength: 1200, path =>
    {
        using var reader = new SafetensorsReader(path);
        foreach (var name in reader.Entries.Keys) reader.ReadFloats(name);
    });

    [Fact]
    public void Gpt2Config_Damaged_IsReadOrRefused() => Check(Encoding.UTF8.GetBytes(ConfigFile.ToJson(s_gpt2, 2)), headerLength: 700, path => ConfigFile.Read(path));

    [Fact]
    public void LlamaConfig_Damaged_IsReadOrRefused() => Check(Encoding.UTF8.GetBytes(ConfigFile.ToJson(s_llama, 2)), headerLength: 700, path => ConfigFile.Read(path));

    [Fact]
    public void ShardIndex_Damaged_IsReadOrRefused()
    {
        using (var file = File.Create(_folder["a.safetensors"])) SafetensorsWriter.Write(file, [("x", new WeightTensor([2], new float[2]))], new Dictionary<string, string>());
        Check("""{"metadata":{"total_size":8},"weight_map":{"x":"a.safetensors"}}"""u8.ToArray(), headerLength: 64, path => new ShardedTensors(Path.GetDirectoryName(path)!).Dispose(), "model.safetensors.index.json");
    }

    private void Check(byte[] sound, int headerLength, Action<string> read, string name = "file")
    {
        var path = _folder[name];
        var mutator = new FileMutator(new Random(sound.Length));
        var (refused, count) = (0, TrustCounts.Of(10_000, 3_500_000));
        for (var trial = 0; trial < count; trial++)
        {
            File.WriteAllBytes(path, mutator.Mutate(sound, headerLength));
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(path);
            }
            catch (CheckpointException e)
            {
                refused++;
                Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < LargestAllocation, $"Trial {trial} allocated {GC.GetAllocatedBytesForCurrentThread() - allocated} bytes.");
        }

        Assert.True(refused > count / 10, $"Only {refused} of {count} were refused.");
    }

    private static byte[] Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
