using System.Text;
using System.Text.Json.Nodes;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>What stands around the vocabulary in well-known files of byte-level BPE; the ids are those of Hugging Face's tokenizers 0.23.2 for the same file.</summary>
public class KnownShapesTests
{
    private const string Text = "the foxes' 12345 théy\r\n\r\n  (there) the\u0301, FoxThe 狐狐 and!\n";
    private const string Bytes = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";
    private const string BytesAndWords = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}""";
    private const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Tekken = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string DeepSeek = @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Template = """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}""";

    private const string WordsIds = "257 262 268 39 263 267 52 53 32 116 104 195 169 121 13 10 13 10 32 32 40 257 259 41 258 204 129 44 32 70 261 84 256 32 231 139 144 231 139 144 264 110 100 33 10";
    private const string ThreeDigitsIds = "257 262 268 39 32 49 267 52 53 32 116 104 195 169 121 13 10 13 10 32 32 40 257 259 41 258 204 129 44 32 70 261 84 256 32 231 139 144 231 139 144 264 110 100 33 10";
    private const string OneDigitIds = "257 262 268 39 32 49 50 51 52 53 32 116 104 195 169 121 13 10 13 10 32 32 40 257 259 41 258 204 129 44 32 70 261 84 256 32 231 139 144 231 139 144 264 110 100 33 10";

    private const string ComposedIds = "257 262 268 39 32 49 50 51 52 53 32 116 104 195 169 121 13 10 13 10 32 32 40 257 259 41 32 116 104 195 169 44 32 70 261 84 256 32 231 139 144 231 139 144 264 110 100 33 10";

    public static TheoryData<string, string, string, string, string> Shapes => new()
    {
        { "GPT-2", "null", BytesAndWords, """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}""", WordsIds },
        { "Llama 3", "null", Sequence(Split(Llama3), Bytes), $$"""{"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":false},{{Template}}]}""", ThreeDigitsIds },
        { "Phi-4", "null", Sequence(Split(Llama3, "Removed", "true"), Bytes), "null", ThreeDigitsIds },
        { "SmolLM, StarCoder", "null", Sequence("""{"type":"Digits","individual_digits":true}""", BytesAndWords), "null", OneDigitIds },
        { "Mistral's tekken", "null", Sequence(Split(Tekken), Bytes), "null", OneDigitIds },
        { "Qwen 2", """{"type":"NFC"}""", Sequence(Split(Llama3.Replace("{1,3}", "", StringComparison.Ordinal)), Bytes), """{"type":"ByteLevel","trim_offsets":false}""", ComposedIds },
        { "DeepSeek V3", """{"type":"Sequence","normalizers":[]}""", Sequence(Split(@"\p{N}{1,3}"), Split("[一-龥぀-ゟ゠-ヿ]+"), Split(DeepSeek), Bytes), Template, ThreeDigitsIds },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Load_OfAKnownShape_GivesTheIdsOfItsOwnLibrary(string name, string normalizer, string preTokenizer, string postProcessor, string ids)
    {
        var tokenizer = Read(normalizer, preTokenizer, postProcessor);

        Assert.True(ids == string.Join(' ', tokenizer.Encode(Text)), $"{name}: {string.Join(' ', tokenizer.Encode(Text))}");
        Assert.Equal(tokenizer.AsRead(Text), tokenizer.Decode(tokenizer.Encode(Text)));
        Assert.Equal(tokenizer.AsRead(Text), TokenizedText.Of(tokenizer, Text, SpecialTokenReading.AsText).Text);
        var again = TokenizerImport.Read(TokenizerExport.Write(tokenizer, TokenizerFormat.HuggingFace), new TokenizerImportOptions()).Tokenizer;
        Assert.Equal(tokenizer.Encode(Text), again.Encode(Text));
    }

    [Fact]
    public void Export_OfATokenizerThatComposes_IsRefusedWhereNobodyWouldCompose()
    {
        var tokenizer = Read("""{"type":"NFC"}""", BytesAndWords, "null");

        Assert.Equal("thé fox", tokenizer.AsRead("the\u0301 fox"));
        foreach (var format in (TokenizerFormat[])[TokenizerFormat.VocabularyAndMerges, TokenizerFormat.Tiktoken])
            Assert.Contains("form NFC first", Assert.Throws<NotSupportedException>(() => TokenizerExport.Write(tokenizer, format)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"}]}""", BytesAndWords, "$.normalizer.normalizers[1]: found \"Lowercase\"")]
    [InlineData("BLOOM", "null", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":" ?[^(\\s|[.,!?…。，、।۔،])]+"},"behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""", "a class within a class")]
    [InlineData("Falcon", "null", """{"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},{"type":"Digits","individual_digits":false}]}""", "that ends with \"Digits\"")]
    public void Load_OfAKnownShapeThatTheLabCannotDo_RefusesItByName(string name, string normalizer, string preTokenizer, string problem)
    {
        var thrown = Assert.Throws<TokenizerFormatException>(() => Read(normalizer, preTokenizer, "null"));

        Assert.True(thrown.Message.Contains(problem, StringComparison.Ordinal), $"{name}: {thrown.Message}");
    }

    private static TextTokenizer Read(string normalizer, string preTokenizer, string postProcessor)
    {
        var small = TextTokenizer.Create(BpeTrainer.Train(["the fox and the foxes were there, they're 1234"], new BpeTrainingOptions { VocabularySize = 270 }));
        var file = JsonNode.Parse(TokenizerExport.Write(small, TokenizerFormat.HuggingFace).Single().Content.Span)!.AsObject();
        file["normalizer"] = JsonNode.Parse(normalizer);
        file["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        file["post_processor"] = JsonNode.Parse(postProcessor);
        return TokenizerImport.Read([new ExportedFile("tokenizer.json", Encoding.UTF8.GetBytes(file.ToJsonString()))], new TokenizerImportOptions()).Tokenizer;
    }

    private static string Sequence(params string[] steps) => $$"""{"type":"Sequence","pretokenizers":[{{string.Join(',', steps)}}]}""";

    private static string Split(string expression, string behavior = "Isolated", string invert = "false") =>
        $$"""{"type":"Split","pattern":{"Regex":{{System.Text.Json.JsonSerializer.Serialize(expression)}}},"behavior":"{{behavior}}","invert":{{invert}}}""";
}
