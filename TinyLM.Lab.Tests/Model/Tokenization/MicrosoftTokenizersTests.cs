using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Formats;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>The lab's own merging beside the encoders of Microsoft.ML.Tokenizers, whose data packages it uses.</summary>
public class MicrosoftTokenizersTests
{
    private const int TextLength = 60_000;

    public static TheoryData<string> Encodings => [BuiltInTokenizers.Gpt2, BuiltInTokenizers.Gpt4, BuiltInTokenizers.Gpt4o];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void BuiltIn_OfEveryReferenceText_GivesTheirIds(string encoding)
    {
        var theirs = TiktokenTokenizer.CreateForEncoding(encoding);
        var ours = BuiltInTokenizers.Get(encoding);

        foreach (var text in Texts()) Assert.Equal(theirs.EncodeToIds(text), ours.Encode(text, SpecialTokenReading.AsToken)); // which they always recognise
    }

    /// <summary>A learned vocabulary as vocab.json and merges.txt, read by their encoder of byte-level BPE.</summary>
    [Fact]
    public void Trained_AsVocabularyAndMerges_GivesTheirIds()
    {
        var ours = Trained(SplitPattern.Gpt2);
        var files = TokenizerExport.Write(ours, TokenizerFormat.VocabularyAndMerges);
        var theirs = BpeTokenizer.Create(new BpeOptions(JsonSerializer.Deserialize<Dictionary<string, int>>(files[0].Content.Span)!)
        {
            Merges = [.. Encoding.UTF8.GetString(files[1].Content.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)],
            ByteLevel = true,
            PreTokenizer = PreTokenizerOf(SplitPattern.Gpt2),
        });

        foreach (var text in Texts()) Assert.Equal(theirs.EncodeToIds(text), ours.Encode(text));
    }

    /// <summary>A learned vocabulary as a rank file with its pattern, read by their encoder of tiktoken's kind.</summary>
    [Theory]
    [InlineData(SplitPattern.Gpt2)]
    [InlineData(SplitPattern.Gpt4)]
    [InlineData(SplitPattern.O200k)]
    public void Trained_AsRanks_GivesTheirIds(SplitPattern pattern)
    {
        var ours = Trained(pattern);
        var ranks = new MemoryStream(TokenizerExport.Write(ours, TokenizerFormat.Tiktoken).Single().Content.ToArray());
        var theirs = TiktokenTokenizer.Create(ranks, PreTokenizerOf(pattern), normalizer: null);

        foreach (var text in Texts()) Assert.Equal(theirs.EncodeToIds(text), ours.Encode(text));
    }

    private static RegexPreTokenizer PreTokenizerOf(SplitPattern pattern) => new(new Regex(SplitExpressions.Of(pattern), RegexOptions.CultureInvariant), null);

    private static TextTokenizer Trained(SplitPattern pattern) =>
        TextTokenizer.Create(BpeTrainer.Train([Novel()], new BpeTrainingOptions { VocabularySize = 1_500, SplitPattern = pattern }));

    /// <summary>The reference strings, but for those with letters and numbers beyond the plane that .NET's expressions see, and pieces of real texts.</summary>
    private static IEnumerable<string> Texts()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "tiktoken_golden.json")));
        var strings = golden.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("text").GetString()!)
            .Where(text => text.Length > 0 && text.EnumerateRunes().All(rune => rune.IsBmp || !Rune.IsLetter(rune) && !Rune.IsNumber(rune))).ToList();
        Assert.True(strings.Count > 100);
        return [.. strings, Novel(), Beginning("corpora", "misc", "wagahaiwa_nekodearu_ja.txt")];
    }

    private static string Novel() => Beginning("corpora", "misc", "sherlock.txt");

    private static string Beginning(params string[] path) => File.ReadAllText(SharedData.Path(path), Encoding.UTF8)[..TextLength];
}
