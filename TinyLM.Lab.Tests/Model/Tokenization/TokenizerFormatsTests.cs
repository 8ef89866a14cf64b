using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>Files of other programs: what is written is what they have, and what is read means the same.</summary>
public class TokenizerFormatsTests
{
    private static readonly TextTokenizer s_small = TextTokenizer.Create(BpeTrainer.Train(
        ["The fox saw the fox's den, and the other fox, too; 1234 foxes → 狐狸 🦊🦊 die Füchse they're\n\n  here\r\n"],
        new BpeTrainingOptions { VocabularySize = 300, SpecialTokens = ["<|user|>"] }));

    private static readonly TextTokenizer s_pieces = SmallSentencePiece();

    [Fact]
    public void Export_OfGpt2_IsOpenAisOwnFiles()
    {
        var gpt2 = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2);

        var pair = TokenizerExport.Write(gpt2, TokenizerFormat.VocabularyAndMerges);
        var ranks = TokenizerExport.Write(gpt2, TokenizerFormat.Tiktoken).Single();

        Assert.Equal(Vocabulary(System.IO.File.ReadAllBytes(SharedData.Path("tokenizers", "gpt2", "encoder.json"))), Vocabulary(pair[0].Content));
        Assert.Equal(System.IO.File.ReadAllText(SharedData.Path("tokenizers", "gpt2", "vocab.bpe")), Encoding.UTF8.GetString(pair[1].Content.Span));
        Assert.Equal(System.IO.File.ReadAllBytes(SharedData.Path("tokenizers", "tiktoken", "r50k_base.tiktoken")), ranks.Content.ToArray());
    }

    [Fact]
    public void Import_OfGpt2sOwnFiles_GivesTheIdsOfTiktoken()
    {
        var tokenizer = TokenizerImport.Read([SharedFile("vocab.bpe", "tokenizers", "gpt2", "vocab.bpe"), SharedFile("encoder.json", "tokenizers", "gpt2", "encoder.json")], new TokenizerImportOptions()).Tokenizer;

        AssertIdsOf("r50k_base", tokenizer);
        Assert.Equal(50_256, tokenizer.EndOfTextId);
    }

    [Theory]
    [InlineData("r50k_base")]
    [InlineData("cl100k_base")]
    [InlineData("o200k_base")]
    public void Import_OfOpenAisRanks_IsTheBuiltInTokenizer(string encoding)
    {
        var file = SharedFile($"{encoding}.tiktoken", "tokenizers", "tiktoken", $"{encoding}.tiktoken");

        Assert.Same(BuiltInTokenizers.Get(encoding), TokenizerImport.Read([file], new TokenizerImportOptions()).Tokenizer);
    }

    [Theory]
    [InlineData("r50k_base")]
    [InlineData("cl100k_base")]
    public void HuggingFace_OfRanks_ReadBackGivesTheIdsOfTiktoken(string encoding)
    {
        var written = TokenizerExport.Write(BuiltInTokenizers.Get(encoding), TokenizerFormat.HuggingFace);

        AssertIdsOf(encoding, TokenizerImport.Read(written, new TokenizerImportOptions()).Tokenizer);
    }

    /// <summary>Merging by rank of the result is merging in order, for a vocabulary that was learned.</summary>
    [Property(MaxTest = 2_000)]
    public Property Tiktoken_OfALearnedVocabulary_GivesTheSameIds()
    {
        var ranked = Read(TokenizerExport.Write(s_small, TokenizerFormat.Tiktoken));
        return Prop.ForAll(TextTokenizerTests.Texts, text => ranked.Encode(text).SequenceEqual(s_small.Encode(text)));
    }

    [Property(MaxTest = 2_000)]
    public Property HuggingFace_OfALearnedVocabulary_GivesTheSameIdsWithSpecialTokens()
    {
        var again = Read(TokenizerExport.Write(s_small, TokenizerFormat.HuggingFace));
        return Prop.ForAll(TextTokenizerTests.Texts, text => again.Encode($"<|user|>{text}", SpecialTokenReading.AsToken).SequenceEqual(s_small.Encode(text, SpecialTokenReading.AsToken).Prepend(298)));
    }

    /// <summary>Every built-in tokenizer, every text: the bytes come back.</summary>
    [Property(MaxTest = 10_000)]
    public Property Decode_OfAnyBuiltIn_IsTheText() => Prop.ForAll(TextTokenizerTests.Texts, Gen.Elements<string>([.. BuiltInTokenizers.Ids]).ToArbitrary(), (text, id) =>
    {
        var tokenizer = BuiltInTokenizers.Get(id);
        var ids = tokenizer.Encode(text);
        var decoder = tokenizer.CreateDecoder();
        return tokenizer.DecodeBytes(ids).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text)) && string.Concat(ids.Select(decoder.Append)) == text;
    });

    [Fact]
    public void Llmc_OfGpt2_HoldsEachTokenWithItsLength()
    {
        var file = TokenizerExport.Write(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2), TokenizerFormat.Llmc).Single().Content.Span;

        Assert.Equal([20240328u, 2u, 50257u, 50256u], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(file[..16]).ToArray());
        var position = 1024;
        for (var id = 0; id < 50_257; id++) position += 1 + file[position];
        Assert.Equal(file.Length, position);
    }

    [Fact]
    public void Llmc_OfGpt2_ReadBackGivesTheIdsOfTiktoken()
    {
        var tokenizer = Read(TokenizerExport.Write(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2), TokenizerFormat.Llmc));

        AssertIdsOf("r50k_base", tokenizer);
        Assert.Equal((50_257, 50_256), (tokenizer.VocabularySize, tokenizer.EndOfTextId));
    }

    [Fact]
    public void Llmc_Damaged_NamesTheByte()
    {
        var sound = TokenizerExport.Write(s_small, TokenizerFormat.Llmc).Single().Content.ToArray();
        ExpectDamaged("at byte 4: the version is 1", bytes => bytes[4] = 1);
        ExpectDamaged("at byte 8: 4294967295 tokens", bytes => bytes.AsSpan(8, 4).Fill(255));
        ExpectDamaged("at byte 12: the end-of-text token is 65", bytes => bytes[13] = 255);
        ExpectDamaged("at byte 1024: token 0 of 300 is missing", bytes => bytes[1024] = 0);
        ExpectDamaged("token 1 has the bytes of token 0", bytes => bytes[1027] = bytes[1025]);
        for (var length = 4; length < sound.Length; length += 97)
            Assert.Contains("cut.bin", Assert.Throws<TokenizerFormatException>(() => TokenizerImport.Read([new ExportedFile("cut.bin", sound.AsMemory(0, length))], new TokenizerImportOptions())).Message, StringComparison.Ordinal);

        void ExpectDamaged(string message, Action<byte[]> damage)
        {
            byte[] bytes = [.. sound];
            damage(bytes);
            var thrown = Assert.Throws<TokenizerFormatException>(() => TokenizerImport.Read([new ExportedFile("damaged.bin", bytes)], new TokenizerImportOptions()));
            Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Export_ThatWouldGiveOtherIds_IsRefusedInWords()
    {
        var refusals = TokenizerExport.Choices(TextTokenizer.Create(new BpeVocabulary(SplitPattern.O200k, [(97, 98)]))).Where(choice => choice.Refusal is not null).ToDictionary(choice => choice.Format, choice => choice.Refusal!);

        Assert.Contains("GPT-2's pattern", refusals[TokenizerFormat.VocabularyAndMerges], StringComparison.Ordinal);
        Assert.Contains("SentencePiece's BPE only", refusals[TokenizerFormat.Llama2c], StringComparison.Ordinal);
        Assert.Equal(2, refusals.Count);
        Assert.All(TokenizerExport.Choices(BuiltInTokenizers.Get(BuiltInTokenizers.Characters)).Take(4), choice => Assert.NotNull(choice.Refusal));
    }

    [Fact]
    public void Import_OfRanksOfNobody_AsksForThePattern()
    {
        var written = TokenizerExport.Write(s_small, TokenizerFormat.Tiktoken);

        var thrown = Assert.Throws<TokenizerFormatException>(() => TokenizerImport.Read(written, new TokenizerImportOptions()));

        Assert.Contains("tokenizer.tiktoken: a rank file does not say how text is split", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"YQ== 0" + "\n" + "YQ== 1\n", "line 2: the token YQ== stands there twice")]
    [InlineData("YQ== 0\nYg== 0\n", "line 2: the rank 0 stands there twice")]
    [InlineData("YQ== 0\nYg 1\n", "line 2: \"Yg\" is no base64")]
    [InlineData("YQ== 0\nYg== 5000000\n", "line 2: the rank \"5000000\" is no whole number")]
    [InlineData("YQ== 0\n", "there is no token for 255 of the 256 bytes")]
    public void Import_OfMalformedRanks_NamesTheLine(string content, string message) => AssertRefused([File("x.tiktoken", content)], message);

    [Theory]
    [InlineData("#version: 0.2\nf o\nf o\n", "merges.txt, line 3: the merge of \"f\" and \"o\" stands there twice")]
    [InlineData("f o\nfo x\n", "merges.txt, line 2: the merge of \"fo\" and \"x\" needs the token \"fox\"")]
    [InlineData("f o x\n", "merges.txt, line 1: expected a pair of tokens, found 3")]
    public void Import_OfMalformedMerges_NamesTheLine(string merges, string message)
    {
        var vocabulary = JsonSerializer.Serialize(Enumerable.Range(0, 256).Select(value => ByteLevel.Character((byte)value).ToString()).Append("fo").Index().ToDictionary(token => token.Item, token => token.Index));

        AssertRefused([File("vocab.json", vocabulary), File("merges.txt", merges)], message);
    }

    /// <summary>Whatever becomes of a file, reading it gives a tokenizer or the declared error, which names the file.</summary>
    [Theory]
    [InlineData(TokenizerFormat.HuggingFace)]
    [InlineData(TokenizerFormat.VocabularyAndMerges)]
    [InlineData(TokenizerFormat.Tiktoken)]
    [InlineData(TokenizerFormat.Llama2c)]
    [InlineData(TokenizerFormat.SentencePiece)]
    [InlineData(TokenizerFormat.SentencePiece, true)]
    public void Import_OfDamagedFiles_GivesOnlyTheDeclaredError(TokenizerFormat format, bool isUnigram = false)
    {
        var files = format switch
        {
            TokenizerFormat.Llama2c => TokenizerExport.Write(s_pieces, format),
            TokenizerFormat.SentencePiece => [File("m.model", isUnigram ? SentencePieceFile.SmallUnigram : SentencePieceFile.Small)],
            _ => TokenizerExport.Write(s_small, format),
        };
        Assert.NotNull(Read(files));
        var refused = 0;

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10_000).WithQuietOnSuccess(true),
            Prop.ForAll(Gen.Choose(0, files.Count - 1).ToArbitrary(), Damages, (index, damages) =>
            {
                var damaged = files.Select((file, i) => i == index ? file with { Content = damages.Aggregate(file.Content.ToArray(), Damage) } : file).ToList();
                try
                {
                    Read(damaged);
                }
                catch (TokenizerFormatException e)
                {
                    refused++;
                    return files.Any(file => e.Message.Contains(file.Name, StringComparison.Ordinal));
                }
                return true;
            }));

        Assert.InRange(refused, 3_000, 10_000); // damage that makes another sound file is fine
    }

    /// <summary>Places as fractions, what to do there, and with which byte.</summary>
    private static Arbitrary<(double Place, int Kind, byte Value)[]> Damages => (
        from place in Gen.Choose(0, 1 << 20)
        from kind in Gen.Choose(0, 3)
        from value in Gen.OneOf(Gen.Elements<byte>(0, 255, (byte)'"', (byte)' ', (byte)'\n', (byte)'9', 0x80), ArbMap.Default.GeneratorFor<byte>())
        select (place / (double)(1 << 20), kind, value)).ArrayOf(3).ToArbitrary();

    private static byte[] Damage(byte[] bytes, (double Place, int Kind, byte Value) damage)
    {
        if (bytes.Length == 0) return bytes;
        var place = Math.Min(bytes.Length - 1, (int)(damage.Place * bytes.Length));
        var length = Math.Min(bytes.Length - place, 1 + damage.Value % 40);
        return damage.Kind switch
        {
            0 => [.. bytes[..place], damage.Value, .. bytes[(place + 1)..]],
            1 => [.. bytes[..place], .. bytes[(place + length)..]],
            2 => [.. bytes[..(place + length)], .. bytes[place..]],
            _ => damage.Value % 8 == 0 ? bytes[..place] : [.. bytes[..place], damage.Value, .. bytes[place..]],
        };
    }

    private static TextTokenizer SmallSentencePiece() => Read([File("m.model", SentencePieceFile.Small)]);

    private static TextTokenizer Read(IReadOnlyList<ExportedFile> files) => TokenizerImport.Read(files, new TokenizerImportOptions { Split = new TextSplit(SplitPattern.Gpt2) }).Tokenizer;

    private static void AssertRefused(IReadOnlyList<ExportedFile> files, string message) =>
        Assert.Contains(message, Assert.Throws<TokenizerFormatException>(() => Read(files)).Message, StringComparison.Ordinal);

    private static void AssertIdsOf(string encoding, TextTokenizer tokenizer)
    {
        using var golden = JsonDocument.Parse(System.IO.File.ReadAllBytes(SharedData.Path("golden", "encode", "tiktoken_golden.json")));
        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
            Assert.Equal(one.GetProperty("ids").GetProperty(encoding).EnumerateArray().Select(id => id.GetInt32()), tokenizer.Encode(one.GetProperty("text").GetString()!));
    }

    private static Dictionary<string, int> Vocabulary(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize<Dictionary<string, int>>(json.Span)!;

    private static ExportedFile File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    private static ExportedFile File(string name, byte[] content) => new(name, content);

    private static ExportedFile SharedFile(string name, params string[] path) => new(name, System.IO.File.ReadAllBytes(SharedData.Path(path)));
}
