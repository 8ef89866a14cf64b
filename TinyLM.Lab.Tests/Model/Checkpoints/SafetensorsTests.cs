using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Checkpoints;

namespace TinyLM.Lab.Tests.Model.Checkpoints;

public class SafetensorsTests
{
    private static readonly Gen<(string, WeightTensor)> s_tensor =
        from name in Gen.Elements("a", "é", "transformer.h.0.attn.c_attn.weight", "with \"quotes\" and \\", "𝔘", "")
        from number in Gen.Choose(0, 99)
        from shape in Gen.Choose(0, 5).ListOf(2)
        from values in Gen.Choose(int.MinValue, int.MaxValue).ListOf(shape.Aggregate(1, (a, b) => a * b))
        select (name + number, new WeightTensor([.. shape], values.Select(BitConverter.Int32BitsToSingle).ToArray()));

    [Property(MaxTest = 200)]
    public Property WriteThenRead_AnyTensors_GivesTheSameBits() =>
        Prop.ForAll(s_tensor.ListOf().Select(list => list.DistinctBy(tensor => tensor.Item1).ToList()).ToArbitrary(), tensors =>
        {
            using var folder = new TemporaryFolder();
            using (var file = File.Create(folder["t"])) SafetensorsWriter.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" });

            using var reader = new SafetensorsReader(folder["t"]);

            Assert.Equal("pt", reader.Metadata["format"]);
            Assert.Equal(tensors.Count, reader.Entries.Count);
            foreach (var (name, tensor) in tensors)
            {
                Assert.Equal(tensor.Shape.Select(dimension => (long)dimension), reader.Entries[name].Shape);
                Assert.Equal(
                    tensor.Values.ToArray().Select(BitConverter.SingleToInt32Bits),
                    reader.ReadFloats(name).Select(BitConverter.SingleToInt32Bits));
            }
        });

    /// <summary>Any damage to a file is either answered in words or leaves a sound file; nothing else ever comes out.</summary>
    [Property(MaxTest = 10_000)]
    public Property Read_DamagedFile_IsRefusedInWords() =>
        Prop.ForAll(
            (from cut in Gen.Choose(0, 200)
             from position in Gen.Choose(0, 199)
             from value in Gen.Choose(0, 255)
             select (cut, position, value)).ToArbitrary(),
            damage =>
            {
                var bytes = s_sound.AsSpan(0, Math.Min(s_sound.Length, damage.cut < 150 ? s_sound.Length : damage.cut)).ToArray();
                if (damage.position < bytes.Length) bytes[damage.position] = (byte)damage.value;
                try
                {
                    var length = bytes.Length >= 8 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
                    if (bytes.Length < 8 || length > (ulong)bytes.Length - 8) return;
                    SafetensorsHeader.Parse(bytes.AsSpan(8, (int)length), bytes.Length - 8 - (int)length);
                }
                catch (InvalidDataException e)
                {
                    Assert.NotEmpty(e.Message);
                }
            });

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' stands twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "inside the one before")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "nothing lies between 4 and 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "take 4 bytes and the file holds 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "8 bytes, but data_offsets 0 to 4")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'Q4'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "'shape' of 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}""", 4, "more than")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "lacks dtype, shape or two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":1}}""", 4, "'extra' of 'a'")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "no text")]
    [InlineData("""{"a":3}""", 0, "no JSON object")]
    [InlineData("""{"a":{} } trailing""", 0, "lacks")]
    [InlineData("""{} trailing""", 0, "no JSON")]
    [InlineData(""" {}""", 0, "does not begin with '{'")]
    [InlineData("""{"a":""", 0, "no JSON")]
    public void Open_MalformedHeader_NamesFileAndPlace(string header, int dataLength, string expected)
    {
        using var folder = new TemporaryFolder();
        var json = Encoding.UTF8.GetBytes(header);
        Write(folder["bad.safetensors"], (ulong)json.Length, [.. json, .. new byte[dataLength]]);

        var thrown = Assert.Throws<CheckpointException>(() => new SafetensorsReader(folder["bad.safetensors"]));

        Assert.Contains("bad.safetensors", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL, "at most 100000000")]
    [InlineData(ulong.MaxValue, "at most 100000000")]
    [InlineData(1000UL, "cut off")]
    public void Open_HeaderLongerThanFileOrLimit_IsRefusedBeforeMemoryIsTaken(ulong length, string expected)
    {
        using var folder = new TemporaryFolder();
        Write(folder["bad.safetensors"], length, "{}"u8);

        var thrown = Assert.Throws<CheckpointException>(() => new SafetensorsReader(folder["bad.safetensors"]));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFloats_HalfAndBfloat16_AreWidened()
    {
        using var folder = new TemporaryFolder();
        var json = Encoding.UTF8.GetBytes("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}""");
        Write(folder["t"], (ulong)json.Length, [.. json, 0x00, 0x3C, 0x00, 0xC1, 0x80, 0x3F, 0x20, 0xC0, .. new byte[8]]);

        using var reader = new SafetensorsReader(folder["t"]);

        Assert.Equal([1f, -2.5f], reader.ReadFloats("h"));
        Assert.Equal([1f, -2.5f], reader.ReadFloats("b"));
        Assert.Contains("F64", Assert.Throws<CheckpointException>(() => reader.ReadFloats("d")).Message, StringComparison.Ordinal);
    }

    private static readonly byte[] s_sound = Sound();

    private static byte[] Sound()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [("a", new WeightTensor([2], new float[2])), ("b", new WeightTensor([], new float[1]))], new Dictionary<string, string> { ["k"] = "v" });
        return stream.ToArray();
    }

    private static void Write(string path, ulong headerLength, ReadOnlySpan<byte> rest)
    {
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, headerLength);
        File.WriteAllBytes(path, [.. prefix, .. rest]);
    }
}
