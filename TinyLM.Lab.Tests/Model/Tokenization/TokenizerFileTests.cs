using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public sealed class TokenizerFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tinylm-").FullName;

    private string FilePath => Path.Combine(_folder, "tokenizer.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(SplitPattern.Gpt2)]
    [InlineData(SplitPattern.Gpt4)]
    public void Load_OfASavedTokenizer_GivesTheSameIds(SplitPattern pattern)
    {
        var tokenizer = Small(pattern);
        tokenizer.Save(FilePath);

        var loaded = TextTokenizer.Load(FilePath);

        const string Text = "The fox, they're 1234567 there.\n\n  A 🦊!";
        Assert.Equal(tokenizer.Encode(Text), loaded.Encode(Text));
        Assert.Equal((tokenizer.VocabularySize, tokenizer.EndOfTextId, pattern), (loaded.VocabularySize, loaded.EndOfTextId, loaded.Splits.Single().Pattern));
    }

    /// <summary>Its ids have another order than OpenAI's, its merges are the same: so each token of a text stands for the same bytes.</summary>
    [Fact]
    public void Load_OfHuggingFacesOwnFile_CutsAsTiktokenDoes()
    {
        var tokenizer = TextTokenizer.Load(SharedData.Path("tokenizers", "hf", "gpt2_like.tokenizer.json"));
        var ranks = File.ReadLines(SharedData.Path("tokenizers", "tiktoken", "r50k_base.tiktoken")).Select(line => line.Split(' '))
            .ToDictionary(parts => int.Parse(parts[1], CultureInfo.InvariantCulture), parts => Convert.ToHexString(Convert.FromBase64String(parts[0])));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "tiktoken_golden.json")));

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = one.GetProperty("ids").GetProperty("r50k_base").EnumerateArray().Select(id => ranks[id.GetInt32()]);
            var actual = tokenizer.Encode(one.GetProperty("text").GetString()!).Select(id => Convert.ToHexString(tokenizer.TokenBytes(id).Span));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Load_OfATokenizerThatCannotSayEveryByte_RefusesIt()
    {
        var thrown = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(SharedData.Path("tokenizers", "hf", "cosmicgenius_bpe_4096.tokenizer.json")));

        Assert.Contains("no token for 105 of the 256 bytes", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfPatternsWrittenAnotherWay_KnowsThem()
    {
        const string Llama = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
        Small(SplitPattern.Gpt4).Save(FilePath);
        var file = JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject();
        file["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = Llama;
        file["pre_tokenizer"]!["pretokenizers"]![1]!["trim_offsets"] = false;
        file["post_processor"] = new JsonObject { ["type"] = "ByteLevel", ["trim_offsets"] = false };
        File.WriteAllText(FilePath, file.ToJsonString());

        Assert.Equal(SplitPattern.Gpt4, TextTokenizer.Load(FilePath).Splits.Single().Pattern);
    }

    [Fact]
    public void Load_OfANormalizingTokenizer_RefusesItByName()
    {
        var thrown = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(SharedData.Path("tokenizers", "hf", "tinystories_bpe_1K.tokenizer.json")));

        Assert.Contains("$.normalizer.normalizers[0]: found \"NFD\"", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfMalformedFiles_NamesThePlace()
    {
        Expect("$.model: it is missing", file => file.Remove("model"));
        Expect("$.pre_tokenizer: found \"Whitespace\"", file => file["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" });
        Expect("$.model.type: found \"WordPiece\"", file => file["model"]!["type"] = "WordPiece");
        Expect("$.model.byte_fallback", file => file["model"]!["byte_fallback"] = true);
        Expect("the same id", file => file["model"]!["vocab"]!["a"] = 98);
        Expect("ids below", file => file["model"]!["vocab"]!["a"] = 2_000_000_000);
        Expect("$.post_processor.processors[0]: found \"BertProcessing\"", file => file["post_processor"] = new JsonObject { ["type"] = "Sequence", ["processors"] = new JsonArray(new JsonObject { ["type"] = "BertProcessing" }) });
        Expect("$.pre_tokenizer.add_prefix_space: found \"ByteLevel\"", file => file["pre_tokenizer"]!["add_prefix_space"] = true);
        Expect("$.added_tokens[1].lstrip: found true", file => file["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 270, ["content"] = "[MASK]", ["lstrip"] = true }));
        Expect("\"[PAD]\" and \"a\" have the same id, 97", file => file["added_tokens"]!.AsArray().Add(new JsonObject { ["id"] = 97, ["content"] = "[PAD]" }));
        Expect("is no byte-level token and none of the added tokens", file => file["model"]!["vocab"]!["狐"] = 270);
        Expect("expected a whole number", file => file["model"]!["vocab"]!["a"] = "x");
        Expect("there is no token for 1 of the 256 bytes", file => { file["model"]!["vocab"]!.AsObject().Remove("z"); file["model"]!["vocab"]!["zz"] = 122; });
        Expect("needs the token \"qq\"", file => file["model"]!["merges"]!.AsArray().Add("q q"));
        Expect("expected a pair", file => file["model"]!["merges"]!.AsArray().Add("q"));
        Expect("stands there twice", file => file["model"]!["merges"]!.AsArray().Add(file["model"]!["merges"]![0]!.DeepClone()));
        Expect("there is no <|endoftext|>", file => { file["added_tokens"] = new JsonArray(); file["model"]!["vocab"]!.AsObject().Remove("<|endoftext|>"); });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"version\": \"1.0\", ")]
    [InlineData("[1, 2]")]
    [InlineData("\u0000\u0001\u0002")]
    public void Load_OfWhatIsNoTokenizer_NamesTheFile(string content)
    {
        File.WriteAllText(FilePath, content);

        var thrown = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(FilePath));

        Assert.Contains(FilePath, thrown.Message, StringComparison.Ordinal);
    }

    private static TextTokenizer Small(SplitPattern pattern) =>
        TextTokenizer.Create(BpeTrainer.Train(["the fox and the foxes were there, they're 1234"], new BpeTrainingOptions { VocabularySize = 270, SplitPattern = pattern }));

    private void Expect(string message, Action<JsonObject> damage)
    {
        Small(SplitPattern.Gpt2).Save(FilePath);
        var file = JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject();
        damage(file);
        File.WriteAllText(FilePath, file.ToJsonString());

        var thrown = Assert.Throws<TokenizerFormatException>(() => TextTokenizer.Load(FilePath));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }
}
