using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class BpeTraceTests
{
    private readonly BpeTrace _wikipedia = Trace("aaabdaaabac", mostMerges: 3, TieBreak.LowestIds);

    /// <summary>The example of Wikipedia's article: aa becomes Z, ab becomes Y, ZY becomes X.</summary>
    [Theory]
    [InlineData(0, "a a a b d a a a b a c")]
    [InlineData(1, "aa a b d aa a b a c")]
    [InlineData(2, "aa ab d aa ab a c")]
    [InlineData(3, "aaab d aaab a c")]
    public void Tokens_OfTheWikipediaExample_AreThoseOfEachStep(int step, string expected)
    {
        Assert.Equal(expected, Text(_wikipedia, step));
        Assert.Equal(expected.Split(' ').Length, _wikipedia.TokenCount(step));
    }

    [Fact]
    public void Tokens_AtTheEnd_HaveTheIdsOfMinbpe()
    {
        var minbpe = Trace("aaabdaaabac", mostMerges: 3); // which takes the pair that occurs first: (aa, a) and not (a, b)

        Assert.Equal("aaa b d aaa b a c", Text(minbpe, 2));
        Assert.Equal([258, 100, 258, 97, 99], minbpe.Tokens(3).Select(token => token.Id));
    }

    [Fact]
    public void Pairs_BeforeTheFirstMerge_CountOverlapsAndNameTheWinnerFirst()
    {
        Assert.Equal([('a', 'a', 4), ('a', 'b', 2), ('b', 'd', 1), ('d', 'a', 1), ('b', 'a', 1), ('a', 'c', 1)],
            _wikipedia.Pairs(0).Select(pair => ((char)pair.Left, (char)pair.Right, pair.Count)));
    }

    [Fact]
    public void Tokens_ThatTheNextMergeJoins_AreMarked()
    {
        Assert.Equal([true, false, false, false, false, true, false, false, false, false, false], _wikipedia.Tokens(0).Select(token => token.JoinsNext));
        Assert.DoesNotContain(_wikipedia.Tokens(3), token => token.JoinsNext);
    }

    [Fact]
    public void Tree_OfAToken_GoesDownToItsBytes()
    {
        var tree = _wikipedia.Tree(258);

        Assert.Equal("aaab", Encoding.UTF8.GetString(tree.Bytes.Span));
        Assert.Equal((256, 257), (tree.Left!.Id, tree.Right!.Id));
        Assert.Equal((2, 2), (tree.Rank, tree.Depth));
        Assert.Equal([0, 1, 2], tree.Merges().Select(merge => merge.Rank!.Value));
    }

    [Fact]
    public void Trace_WithMoreMergesThanThereArePairs_EndsWithOneTokenAChunk()
    {
        var trace = Trace("low low lower", mostMerges: 100);

        Assert.Equal("low| low| lower", string.Join('|', trace.Tokens(trace.Merges.Count).Select(token => Encoding.UTF8.GetString(trace.TokenBytes(token.Id).Span))));
        Assert.All(trace.Tokens(trace.Merges.Count), token => Assert.True(token.BeginsChunk));
        Assert.Empty(trace.Pairs(trace.Merges.Count));
    }

    [Fact]
    public void Trace_OfNothing_HasNoSteps()
    {
        var trace = Trace("", mostMerges: 5);

        Assert.Empty(trace.Merges);
        Assert.Empty(trace.Tokens(0));
    }

    [Fact]
    public void Trace_OfTooLongAText_SaysHowLongItMayBe()
    {
        Assert.Contains("20001 bytes; every step can be shown of 20000", Assert.Throws<ArgumentException>(() => Trace(new string('a', 20_001), 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>Each step merges the pair that counting anew finds most often, from the left, and nothing else.</summary>
    [Property(MaxTest = 300)]
    public Property Step_OfAnyText_MergesTheMostFrequentPair() => Prop.ForAll(
        Gen.ArrayOf(Gen.Elements("a", "aa", "b", "ab", " ", " a", "c", "ba ", "é", "!")).Select(string.Concat).ToArbitrary(),
        Gen.Elements(TieBreak.LowestIds, TieBreak.FirstOccurrence).ToArbitrary(),
        (text, tieBreak) =>
        {
            var trace = BpeTrace.Of(text, mostMerges: 12, new TextSplit(SplitPattern.Gpt2), tieBreak);
            for (var step = 0; step < trace.Merges.Count; step++)
            {
                var pairs = trace.Pairs(step);
                if ((pairs[0].Left, pairs[0].Right) != trace.Merges[step] || pairs.Any(pair => pair.Count > pairs[0].Count)) return false;
                if (!Merged(trace.Tokens(step), trace.Merges[step], 256 + step).SequenceEqual(trace.Tokens(step + 1).Select(token => token.Id))) return false;
            }
            return true;
        });

    [Fact]
    public void TokenCount_OfARealText_IsWhatTheTokenizerMakes()
    {
        var text = File.ReadAllText(SharedData.Path("corpora", "shakespeare", "tinyshakespeare.txt"))[..15_000];

        var trace = BpeTrace.Of(text, mostMerges: 400, new TextSplit(SplitPattern.Gpt4), TieBreak.LowestIds, TestContext.Current.CancellationToken);

        var ids = TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt4, trace.Merges)).Encode(text);
        Assert.Equal(ids, trace.Tokens(400).Select(token => token.Id));
        Assert.Equal(ids.Count, trace.TokenCount(400));
    }

    private static BpeTrace Trace(string text, int mostMerges, TieBreak tieBreak = TieBreak.FirstOccurrence) =>
        BpeTrace.Of(text, mostMerges, new TextSplit(SplitPattern.Gpt2), tieBreak, TestContext.Current.CancellationToken);

    private static string Text(BpeTrace trace, int step) => string.Join(' ', trace.Tokens(step).Select(token => Encoding.UTF8.GetString(trace.TokenBytes(token.Id).Span)));

    private static List<int> Merged(IReadOnlyList<TraceToken> tokens, (int Left, int Right) pair, int id)
    {
        var merged = new List<int>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var joins = i + 1 < tokens.Count && (tokens[i].Id, tokens[i + 1].Id) == pair && !tokens[i + 1].BeginsChunk;
            merged.Add(joins ? id : tokens[i].Id);
            if (joins) i++;
        }
        return merged;
    }
}
