using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Data;

namespace TinyLM.Lab.Tests.Model.Data;

public sealed class TokenShardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tinylm-").FullName;

    private string FilePath => Path.Combine(_folder, "train.bin");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Property(MaxTest = 200)]
    public Property Read_OfAWrittenShard_GivesItsTokens() => Prop.ForAll(
        Gen.Elements(2, 300, 65_536, 65_537, 200_000).SelectMany(size => Gen.ArrayOf(Gen.Choose(0, size - 1)).Select(tokens => (Size: size, Tokens: tokens))).ToArbitrary(),
        shard =>
        {
            Write(shard.Size, shard.Tokens);
            using var read = TokenShard.Open(FilePath);
            var tokens = new int[read.Count];
            read.Read(0, tokens);
            read.CheckTokens(shard.Size);
            return tokens.SequenceEqual(shard.Tokens);
        });

    [Fact]
    public void Read_OfLlmcsOwnFile_GivesWhatAnIndependentReaderGives()
    {
        var path = SharedData.Path("golden", "llmc", "tinyshakespeare_v512_train.bin");
        using var shard = TokenShard.Open(path);
        var tokens = new int[5000];

        shard.Read(12_345, tokens);

        var expected = LlmcFiles.ReadTokens(path);
        Assert.Equal(expected.Length, shard.Count);
        Assert.Equal(expected.Skip(12_345).Take(5000), tokens);
        shard.CheckTokens(512, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Open_OfDamagedFiles_SaysWhatIsWrong()
    {
        Expect("begins with a header", file => file[..500]);
        Expect("begins with 7", file => Set(file, 0, 7));
        Expect("version 3", file => Set(file, 4, 3));
        Expect("tells of -1 tokens", file => Set(file, 8, -1));
        Expect("It was cut off", file => file[..^1]);
        Expect("It was cut off", file => [.. file, 0, 0]);
        Expect("begins with 0", file => new byte[file.Length]); // as a writer leaves it that was killed
    }

    /// <summary>A sound file, damaged at random: it is read or refused by its name, and nothing else ever happens.</summary>
    [Property(MaxTest = 10_000)]
    public Property Open_Damaged_IsReadOrRefused()
    {
        Write(300, [.. Enumerable.Range(0, 40)]);
        var sound = File.ReadAllBytes(FilePath);
        var change =
            from at in Gen.Frequency((4, Gen.Choose(0, 12)), (1, Gen.Choose(0, sound.Length - 1)))
            from value in Gen.Elements(0, 1, 2, -1, 7, 40, 41, 300, int.MaxValue, int.MinValue, 20240520)
            from length in Gen.Frequency((3, Gen.Constant(sound.Length)), (1, Gen.Choose(0, sound.Length + 4)))
            select (at, value, length);
        return Prop.ForAll(change.ToArbitrary(), damage =>
        {
            var bytes = sound.ToArray();
            if (damage.at + 4 <= bytes.Length) Set(bytes, damage.at, damage.value);
            Array.Resize(ref bytes, damage.length);
            File.WriteAllBytes(FilePath, bytes);
            try
            {
                using var shard = TokenShard.Open(FilePath);
                shard.CheckTokens(300);
                shard.Read(0, new int[shard.Count]);
            }
            catch (ShardFormatException e)
            {
                Assert.Contains(FilePath, e.Message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public void CheckTokens_OfAnotherVocabulary_SaysWhere()
    {
        Write(1000, [1, 2, 999, 3]);
        using var shard = TokenShard.Open(FilePath);

        var thrown = Assert.Throws<ShardFormatException>(() => shard.CheckTokens(512, TestContext.Current.CancellationToken));

        Assert.Contains("token 2 is 999", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_OfATokenOutsideTheVocabulary_IsRefused()
    {
        using var writer = new TokenShardWriter(FilePath, 512);

        Assert.Throws<ArgumentException>(() => writer.Append([5, 512]));
        Assert.Equal(0, writer.Count);
    }

    private static byte[] Set(byte[] file, int offset, int value)
    {
        BitConverter.TryWriteBytes(file.AsSpan(offset), value);
        return file;
    }

    private void Write(int vocabularySize, int[] tokens)
    {
        using var writer = new TokenShardWriter(FilePath, vocabularySize);
        writer.Append(tokens);
        writer.Complete();
    }

    private void Expect(string message, Func<byte[], byte[]> damage)
    {
        Write(512, [1, 2, 3]);
        File.WriteAllBytes(FilePath, damage(File.ReadAllBytes(FilePath)));

        var thrown = Assert.Throws<ShardFormatException>(() => TokenShard.Open(FilePath).Dispose());

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }
}
