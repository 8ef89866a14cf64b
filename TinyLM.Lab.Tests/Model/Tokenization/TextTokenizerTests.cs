using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public class TextTokenizerTests
{
    private static readonly BpeVocabulary s_vocabulary = BpeTrainer.Train(
        ["The fox saw the fox's den, and the other fox, too; 1234 foxes → 狐狸 🦊🦊 die Füchse they're\n\n  here\r\n", "the the then there 🦊狐 über"],
        new BpeTrainingOptions { VocabularySize = 320 });

    private static readonly TextTokenizer s_tokenizer = TextTokenizer.Create(s_vocabulary);

    /// <summary>Texts that tokens have something to do with: pieces of the learned text between arbitrary characters.</summary>
    public static Arbitrary<string> Texts => Gen.ArrayOf(Gen.OneOf(
            Gen.Elements("the", " fox", " 🦊", "狐狸", "  ", "\r\n", "they're", "1234", "\t ", "<|endoftext|>", "é", "\u0301", "\u200d", " "),
            ArbMap.Default.GeneratorFor<int>().Select(number => new Rune(Math.Abs(number % 0xD800)).ToString()),
            Gen.Choose(0x10000, 0x10FFFF).Select(codePoint => new Rune(codePoint).ToString())))
        .Select(string.Concat).ToArbitrary();

    [Property(MaxTest = 10_000)]
    public Property Decode_OfEncodedText_IsTheText() => Prop.ForAll(Texts, text => s_tokenizer.Decode(s_tokenizer.Encode(text)) == text);

    [Property(MaxTest = 2_000)]
    public Property Encode_IsWhatMergingByHandGives() => Prop.ForAll(Texts, text => s_tokenizer.Encode(text).SequenceEqual(MergeByHand(text)));

    [Property(MaxTest = 2_000)]
    public Property Decoder_TokenByToken_GivesWholeCharactersAndTheSameText() => Prop.ForAll(Texts, text =>
    {
        var decoder = s_tokenizer.CreateDecoder();
        var pieces = s_tokenizer.Encode(text).Select(decoder.Append).ToList();
        return decoder.Flush().Length == 0 && string.Concat(pieces) == text
            && pieces.All(piece => piece.EnumerateRunes().All(rune => rune != Rune.ReplacementChar || text.Contains('\uFFFD')));
    });

    [Property(MaxTest = 1_000)]
    public Property Decoder_OfAnyTokens_GivesWhatDecodeGives() => Prop.ForAll(Gen.ArrayOf(Gen.Choose(0, 319)).ToArbitrary(), ids =>
    {
        var decoder = s_tokenizer.CreateDecoder();
        return string.Concat(ids.Select(decoder.Append)) + decoder.Flush() == s_tokenizer.Decode(ids);
    });

    [Fact]
    public void EndOfText_IsTheLastTokenAndNoText()
    {
        Assert.Equal(319, s_tokenizer.EndOfTextId);
        Assert.Equal("", s_tokenizer.Decode([319]));
        Assert.DoesNotContain(319, s_tokenizer.Encode("<|endoftext|>"));
    }

    /// <summary>Short chunks are merged by scanning, long ones by a heap.</summary>
    [Property(MaxTest = 500)]
    public Property Merge_ByScanningAndByHeap_AreTheSame() => Prop.ForAll(Texts, text =>
    {
        var merges = new MergeTable(BytePairDefinition.Of(s_vocabulary).Merges!.ToList());
        int[] bytes = [.. Encoding.UTF8.GetBytes(text).Take(PairMerger.LongestScanned)];
        int[] again = [.. bytes];
        return bytes.AsSpan(0, PairMerger.Merge(bytes, merges)).SequenceEqual(again.AsSpan(0, PairMerger.MergeByHeap(again, merges)));
    });

    [Fact]
    public void Encode_OfAMillionLettersWithoutASpace_IsTheText()
    {
        var text = string.Concat(Enumerable.Repeat("thethereдen狐", 80_000));

        Assert.Equal(text, s_tokenizer.Decode(s_tokenizer.Encode(text)));
    }

    [Fact]
    public void Encode_OfALoneSurrogate_PutsAReplacementCharacterInItsPlace()
    {
        foreach (var (text, expected) in ((string, string)[])[("\uD83Dfox", "\uFFFDfox"), ("fox\uDD8A", "fox\uFFFD"), ("🦊\uD83D\uD83E\uDD8A", "🦊\uFFFD🦊")])
            Assert.Equal(expected, s_tokenizer.Decode(s_tokenizer.Encode(text)));
    }

    [Fact]
    public void TokenBytes_OfNoToken_SaysWhatThereIs()
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => s_tokenizer.Decode([320]));

        Assert.Contains("0 to 319", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Each chunk, the lowest-ranked pair first, one merge at a time: slow, and plain enough to be checked by eye.</summary>
    private static List<int> MergeByHand(string text)
    {
        var ranks = s_vocabulary.Merges.Index().ToDictionary(merge => merge.Item, merge => merge.Index);
        var all = new List<int>();
        foreach (var chunk in s_vocabulary.Split.Chunks(text))
        {
            var ids = Encoding.UTF8.GetBytes(chunk).Select(value => (int)value).ToList();
            while (true)
            {
                var best = Enumerable.Range(0, Math.Max(0, ids.Count - 1)).Where(i => ranks.ContainsKey((ids[i], ids[i + 1]))).OrderBy(i => ranks[(ids[i], ids[i + 1])]).FirstOrDefault(-1);
                if (best < 0) break;
                ids[best] = 256 + ranks[(ids[best], ids[best + 1])];
                ids.RemoveAt(best + 1);
            }
            all.AddRange(ids);
        }
        return all;
    }
}
