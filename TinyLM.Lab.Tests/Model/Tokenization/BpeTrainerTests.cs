using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>Merges against those of other programs; ties decide a third of them, so each program's rule is told.</summary>
public class BpeTrainerTests
{
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Train_WikipediaExample_MergesAaFirstAndEncodesAsMinbpe()
    {
        var vocabulary = Train(["aaabdaaabac"], new BpeTrainingOptions { VocabularySize = 257 + 3, TieBreak = TieBreak.FirstOccurrence });

        Assert.Equal((97, 97), vocabulary.Merges[0]);
        Assert.Equal([258, 100, 258, 97, 99], TextTokenizer.Create(vocabulary).Encode("aaabdaaabac"));
    }

    [Theory]
    [InlineData("rustbpe_tinyshakespeare_gpt2_2048.json", SplitPattern.Gpt2, TieBreak.LowestIds)]
    [InlineData("rustbpe_tinyshakespeare_gpt4_2048.json", SplitPattern.Gpt4, TieBreak.LowestIds)]
    [InlineData("minbpe_dedup_tinyshakespeare_gpt2_1024.json", SplitPattern.Gpt2, TieBreak.FirstOccurrence)]
    [InlineData("minbpe_dedup_tinyshakespeare_gpt4_1024.json", SplitPattern.Gpt4, TieBreak.FirstOccurrence)]
    [InlineData("minbpe_dedup_cs336_corpus_gpt2_512.json", SplitPattern.Gpt2, TieBreak.FirstOccurrence)]
    [InlineData("minbpe_tinyshakespeare_gpt2_1024.json", SplitPattern.Gpt2, TieBreak.FirstOccurrence)]
    [InlineData("minbpe_tinyshakespeare_gpt4_1024.json", SplitPattern.Gpt4, TieBreak.FirstOccurrence)]
    [InlineData("minbpe_tinyshakespeare_basic_1024.json", SplitPattern.None, TieBreak.FirstOccurrence)]
    public void Train_ReferenceText_FindsTheMergesOfTheReference(string reference, SplitPattern pattern, TieBreak tieBreak)
    {
        using var golden = Golden(reference);
        var expected = golden.RootElement.GetProperty("merges").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32())).ToList();

        var vocabulary = Train(
            [Text(golden)], new BpeTrainingOptions { VocabularySize = 257 + expected.Count, SplitPattern = pattern, TieBreak = tieBreak });

        Assert.Equal(expected, vocabulary.Merges);
        if (golden.RootElement.TryGetProperty("encode_first_2000_chars", out var ids))
            Assert.Equal(ids.EnumerateArray().Select(id => id.GetInt32()), TextTokenizer.Create(vocabulary).Encode(Text(golden)[..2000]));
    }

    [Theory]
    [InlineData("hf_tinyshakespeare_bytelevel_gpt2.json")]
    [InlineData("hf_cs336_corpus_bytelevel_gpt2.json")]
    public void Train_LineByLineWithCharacterOrder_FindsTheMergesOfHuggingFace(string reference)
    {
        using var golden = Golden(reference);
        var expected = golden.RootElement.GetProperty("merges_as_bytelevel_strings").EnumerateArray().Select(pair => pair.ToString()).ToList();
        var lines = Text(golden).Split('\n').Select(line => line + "\n");

        var vocabulary = Train(lines, new BpeTrainingOptions { VocabularySize = 257 + expected.Count, TieBreak = TieBreak.LowestCharacters });

        Assert.Equal(expected, Names(vocabulary, (left, right) => JsonSerializer.Serialize<string[]>([left, right], s_plain)));
    }

    [Fact]
    public void Train_GreatestBytesFirst_FindsTheMergesOfCs336()
    {
        var text = File.ReadAllText(SharedData.Path("corpora", "misc", "cs336_corpus.en"));
        var expected = File.ReadAllLines(SharedData.Path("tokenizers", "cs336", "train-bpe-reference-merges.txt")).Where(line => line.Length > 0).ToList();

        var vocabulary = Train(
            text.Split(TextTokenizer.EndOfText), new BpeTrainingOptions { VocabularySize = 257 + expected.Count, TieBreak = TieBreak.GreatestBytes });

        Assert.Equal(expected, Names(vocabulary, (left, right) => $"{left} {right}"));
    }

    /// <summary>Counts that are kept up to date give what counting anew gives, whatever the text.</summary>
    [Property(MaxTest = 500)]
    public Property Train_AnyText_FindsWhatCountingAnewFinds() => Prop.ForAll(
        Gen.ArrayOf(Gen.Elements("a", "aa", "b", "ab", " ", " a", "c", "ba ", "é", "!")).Select(string.Concat).ToArbitrary(),
        Gen.Elements(TieBreak.LowestIds, TieBreak.FirstOccurrence).ToArbitrary(),
        (text, tieBreak) =>
        {
            var expected = MergesByCountingAnew(text, tieBreak, atMost: 20);
            return Train([text], new BpeTrainingOptions { VocabularySize = 257 + expected.Count, TieBreak = tieBreak }).Merges.SequenceEqual(expected);
        });

    [Fact]
    public void Train_MoreTokensThanTheTextCanGive_SaysHowManyItCan()
    {
        var thrown = Assert.Throws<VocabularyTooLargeException>(() => Train(["abab"], new BpeTrainingOptions { VocabularySize = 1000 }));

        Assert.Equal(259, thrown.Possible); // ab, abab
        Assert.Contains("259 tokens at most, and 1000", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(2, Train(["abab"], new BpeTrainingOptions { VocabularySize = thrown.Possible }).Merges.Count);
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => BpeTrainer.Train(["some text"], new BpeTrainingOptions { VocabularySize = 260 }, ct: cancelled.Token));
    }

    private static BpeVocabulary Train(IEnumerable<string> texts, BpeTrainingOptions options) =>
        BpeTrainer.Train(texts, options, ct: TestContext.Current.CancellationToken);

    /// <summary>Algorithm 1 as it stands in the paper: count all pairs, merge the most frequent one, begin again.</summary>
    private static List<(int Left, int Right)> MergesByCountingAnew(string text, TieBreak tieBreak, int atMost)
    {
        var merges = new List<(int Left, int Right)>();
        var counts = new Dictionary<string, int>();
        foreach (var chunk in new TextSplit(SplitPattern.Gpt2).Chunks(text)) counts[chunk] = counts.GetValueOrDefault(chunk) + 1;

        var chunks = counts.Select(chunk => (Ids: Encoding.UTF8.GetBytes(chunk.Key).Select(value => (int)value).ToList(), Count: chunk.Value)).ToList();
        while (merges.Count < atMost)
        {
            var pairs = chunks.SelectMany(chunk => chunk.Ids.Zip(chunk.Ids.Skip(1)).Select(pair => (Pair: pair, chunk.Count)))
                .GroupBy(pair => pair.Pair, pair => pair.Count) // groups stand in the order of their first occurrence
                .OrderByDescending(group => group.Sum());
            if ((tieBreak == TieBreak.LowestIds ? pairs.ThenBy(group => group.Key) : pairs).FirstOrDefault() is not { Key: var (left, right) }) break;
            foreach (var (ids, _) in chunks)
                for (var i = 0; i + 1 < ids.Count; i++)
                    if (ids[i] == left && ids[i + 1] == right)
                    {
                        ids[i] = 256 + merges.Count;
                        ids.RemoveAt(i + 1);
                    }
            merges.Add((left, right));
        }
        return merges;
    }

    private static IEnumerable<string> Names(BpeVocabulary vocabulary, Func<string, string, string> format)
    {
        var tokens = vocabulary.TokenBytes();
        return vocabulary.Merges.Select(merge => format(ByteLevel.ToText(tokens[merge.Left]), ByteLevel.ToText(tokens[merge.Right])));
    }

    private static JsonDocument Golden(string name) => JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "bpe_train", name)));

    private static string Text(JsonDocument golden) => File.ReadAllText(golden.RootElement.GetProperty("text").GetString() switch
    {
        "tinyshakespeare" => SharedData.Path("corpora", "shakespeare", "tinyshakespeare.txt"),
        var name => SharedData.Path("corpora", "misc", $"{name}.en"),
    });
}
