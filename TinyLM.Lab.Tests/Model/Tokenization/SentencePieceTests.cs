using System.Text.Json;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>SentencePiece's BPE against SentencePiece itself and llama2.c.</summary>
public sealed class SentencePieceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Encode_OfLlama2c_GivesItsIdsAlsoFromTokenizerJson()
    {
        var tokenizer = Import("checkpoints", "stories260K", "tok512.bin");
        var again = SavedAndLoaded(tokenizer);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "sentencepiece_golden.json")));

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = one.GetProperty("text").GetString()!;
            if (text.Contains('▁', StringComparison.Ordinal)) continue; // a mark in the text itself, in which llama2.c and Hugging Face's tokenizers differ
            var expected = Numbers(one.GetProperty("tok512"));
            Assert.Equal(expected, tokenizer.Encode(text));
            Assert.Equal(expected, again.Encode(text));
            Assert.Equal(text, tokenizer.Decode(expected));
        }
    }

    [Fact]
    public void Encode_OfASentencePieceModel_GivesItsIdsAlsoFromTokenizerJson()
    {
        var tokenizer = Import("golden", "sentencepiece", "spm_bpe_tinyshakespeare_512.model");
        var again = SavedAndLoaded(tokenizer);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "sentencepiece", "spm_bpe_tinyshakespeare_512.json")));

        foreach (var one in golden.RootElement.GetProperty("encodes").EnumerateArray())
        {
            var text = one.GetProperty("text").GetString()!;
            Assert.Equal(Numbers(one.GetProperty("ids")), tokenizer.Encode(text));
            Assert.Equal(Numbers(one.GetProperty("ids")), again.Encode(text));
        }
    }

    [Fact]
    public void Export_ToLlama2c_IsTheFileThatWasReadAndMeansTheSameByWayOfTokenizerJson()
    {
        var path = SharedData.Path("checkpoints", "stories260K", "tok512.bin");
        var tokenizer = Import("checkpoints", "stories260K", "tok512.bin");

        var written = TokenizerExport.Write(tokenizer, TokenizerFormat.Llama2c).Single().Content.ToArray();
        var byJson = TokenizerExport.Write(SavedAndLoaded(tokenizer), TokenizerFormat.Llama2c);

        Assert.Equal(File.ReadAllBytes(path), written);
        var text = File.ReadAllText(SharedData.Path("corpora", "tinystories", "tinystories_val.txt"))[..50_000];
        Assert.Equal(tokenizer.Encode(text), TokenizerImport.Read(byJson, new TokenizerImportOptions()).Tokenizer.Encode(text));
    }

    [Theory]
    [InlineData("checkpoints", "stories260K", "tok512.bin")]
    [InlineData("golden", "sentencepiece", "spm_bpe_tinyshakespeare_512.model")]
    public void EncodeSpans_CoverTheTextInOrder(params string[] file)
    {
        var tokenizer = Import(file);
        const string Text = "  Once upon  a time, naïve 狐狸 🦊\r\n\tthe end  ";

        var spans = tokenizer.EncodeSpans(Text);

        Assert.Equal(tokenizer.Encode(Text), spans.Select(span => span.Id));
        var bytes = System.Text.Encoding.UTF8.GetBytes(Text);
        foreach (var (span, next) in spans.Zip(spans.Skip(1))) Assert.Equal(span.Start + span.Length, next.Start);
        foreach (var span in spans.Skip(1))
            Assert.EndsWith(System.Text.Encoding.Latin1.GetString(tokenizer.TokenBytes(span.Id).Span).TrimStart(' '), System.Text.Encoding.Latin1.GetString(bytes, span.Start, span.Length), StringComparison.Ordinal);
    }

    [Fact]
    public void CreateDecoder_OfAStory_DropsTheFirstSpaceOnly()
    {
        var tokenizer = Import("checkpoints", "stories260K", "tok512.bin");
        var decoder = tokenizer.CreateDecoder();

        var text = string.Concat(tokenizer.Encode("Once  upon").Prepend(1).Select(decoder.Append)) + decoder.Flush();

        Assert.Equal("Once  upon", text);
        Assert.Equal(1, tokenizer.EndOfTextId);
    }

    private TextTokenizer SavedAndLoaded(TextTokenizer tokenizer)
    {
        tokenizer.Save(_folder["tokenizer.json"]);
        return TextTokenizer.Load(_folder["tokenizer.json"]);
    }

    private static TextTokenizer Import(params string[] file) =>
        TokenizerImport.Read([new ExportedFile(file[^1], File.ReadAllBytes(SharedData.Path(file)))], new TokenizerImportOptions()).Tokenizer;

    private static IEnumerable<int> Numbers(JsonElement list) => list.EnumerateArray().Select(number => number.GetInt32());
}
