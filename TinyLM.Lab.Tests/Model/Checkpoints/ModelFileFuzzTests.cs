using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Architectures;
using TinyLM.Model.Checkpoints;
using TinyLM.Model.Checkpoints.Interchange;

namespace TinyLM.Lab.Tests.Model.Checkpoints;

/// <summary>Sound files, damaged at random: a reader reads them or says what is wrong by its own exception and by the file's name, and nothing else ever happens.</summary>
public sealed class ModelFileFuzzTests : IDisposable
{
    private const int Cases = 10_000;

    private static readonly ModelConfig s_gpt2 = new() { VocabularySize = 3, ContextLength = 2, EmbeddingSize = 4, LayerCount = 1, HeadCount = 2 };

    private static readonly ModelConfig s_llama = s_gpt2 with { Family = ModelFamily.Llama, KeyValueHeadCount = 1, FeedForwardSize = 2 };

    private static readonly int[] s_telling = [0, 1, -1, 2, 7, 255, 256, 65_536, int.MaxValue, int.MinValue, 1 << 30, 20240326, 0x616b3432];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Property(MaxTest = Cases)]
    public Property Llmc_Damaged_IsReadOrRefused() => Check(Written(stream => LlmcFile.Write(stream, TestWeights.Random(s_gpt2, 1), isBf16: false)), headerLength: 40, path => LlmcFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property LlmcBf16_Damaged_IsReadOrRefused() => Check(Written(stream => LlmcFile.Write(stream, TestWeights.Random(s_gpt2, 1), isBf16: true)), headerLength: 40, path => LlmcFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property Llama2c_Damaged_IsReadOrRefused() => Check(Written(stream => Llama2cFile.Write(stream, TestWeights.Random(s_llama, 1), isLegacy: false)), headerLength: 40, path => Llama2cFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property Llama2cLegacy_Damaged_IsReadOrRefused() => Check(Written(stream => Llama2cFile.Write(stream, TestWeights.Random(s_llama, 1), isLegacy: true)), headerLength: 28, path => Llama2cFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property Safetensors_Damaged_IsReadOrRefused() => Check(Written(stream => HuggingFaceWeights.Write(stream, TestWeights.Random(s_llama, 1))), headerLength: 1200, path =>
    {
        using var reader = new SafetensorsReader(path);
        foreach (var name in reader.Entries.Keys) reader.ReadFloats(name);
    });

    [Property(MaxTest = Cases)]
    public Property Gpt2Config_Damaged_IsReadOrRefused() => Check(System.Text.Encoding.UTF8.GetBytes(ConfigFile.ToJson(s_gpt2, 2)), headerLength: 700, path => ConfigFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property LlamaConfig_Damaged_IsReadOrRefused() => Check(System.Text.Encoding.UTF8.GetBytes(ConfigFile.ToJson(s_llama, 2)), headerLength: 700, path => ConfigFile.Read(path));

    [Property(MaxTest = Cases)]
    public Property ShardIndex_Damaged_IsReadOrRefused()
    {
        using (var file = File.Create(_folder["a.safetensors"])) SafetensorsWriter.Write(file, [("x", new WeightTensor([2], new float[2]))], new Dictionary<string, string>());
        return Check("""{"metadata":{"total_size":8},"weight_map":{"x":"a.safetensors"}}"""u8.ToArray(), headerLength: 64, path => new ShardedTensors(Path.GetDirectoryName(path)!).Dispose(), "model.safetensors.index.json");
    }

    /// <summary>Some changes each: a byte, a telling number at a multiple of four, a cut, or something behind the end; most of them in the header.</summary>
    private Property Check(byte[] sound, int headerLength, Action<string> read, string name = "file")
    {
        var path = _folder[name];
        var change =
            from kind in Gen.Frequency((5, Gen.Constant(0)), (4, Gen.Constant(1)), (1, Gen.Constant(2)), (1, Gen.Constant(3)))
            from at in Gen.Frequency((4, Gen.Choose(0, Math.Min(headerLength, sound.Length) - 1)), (1, Gen.Choose(0, sound.Length - 1)))
            from value in Gen.Choose(0, 255)
            from telling in Gen.Elements(s_telling)
            select (kind, at, value, telling);
        var some = from count in Gen.Choose(1, 5) from changes in change.ListOf(count) select changes;
        return Prop.ForAll(some.ToArbitrary(), changes =>
        {
            var bytes = sound.ToArray();
            foreach (var (kind, at, value, telling) in changes)
            {
                if (kind == 0 && at < bytes.Length) bytes[at] = (byte)value;
                if (kind == 1 && at / 4 * 4 + 4 <= bytes.Length) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at / 4 * 4), telling);
                if (kind == 2) bytes = bytes[..Math.Min(at, bytes.Length)];
                if (kind == 3) bytes = [.. bytes, (byte)value];
            }
            File.WriteAllBytes(path, bytes);
            try
            {
                read(path);
            }
            catch (CheckpointException e)
            {
                Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
            }
        });
    }

    private static byte[] Written(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
