using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public class ChunkCountsTests
{
    private static readonly SpecialTokenFinder s_special = new([new SpecialToken("<|x|>", 0)]);

    /// <summary>Chunks of every length about those at which a table looks at them otherwise.</summary>
    public static Arbitrary<string[]> Chunks => Gen.ArrayOf(
        from length in Gen.Choose(1, 20)
        from letters in Gen.ArrayOf(Gen.Elements('a', 'b', '\0', '狐'), length)
        select new string(letters)).ToArbitrary();

    [Property(MaxTest = 2_000)]
    public Property Table_OfAnyChunks_CountsEachInTheOrderOfItsFirst() => Prop.ForAll(Chunks, chunks =>
    {
        var (whole, front, back) = (new ChunkTable(), new ChunkTable(), new ChunkTable());
        foreach (var (i, chunk) in chunks.Index())
        {
            whole.Add(chunk, 1, i);
            (i % 3 == 0 ? front : back).Add(chunk, 1, i);
        }
        back.Add(front);

        var expected = chunks.GroupBy(chunk => chunk).Select(group => (group.Key, (long)group.Count())).ToList();
        return Listed(whole).SequenceEqual(expected) && Listed(back).SequenceEqual(expected);

        static IEnumerable<(string, long)> Listed(ChunkTable table) => table.InOrder() is var (found, counts) ? found.Zip(counts) : [];
    });

    [Fact]
    public void Table_OfManyChunks_GrowsAndForgetsNone()
    {
        var table = new ChunkTable();

        for (var i = 0; i < 200_000; i++) table.Add($"{i % 50_000} chunk", 1, i);

        var (chunks, counts) = table.InOrder();
        Assert.Equal(Enumerable.Range(0, 50_000).Select(i => $"{i} chunk"), chunks);
        Assert.All(counts, count => Assert.Equal(4, count));
    }

    /// <summary>A text that is cut for several threads has the chunks that it has as a whole.</summary>
    [Theory]
    [InlineData(SplitPattern.Gpt2)]
    [InlineData(SplitPattern.Gpt4)]
    [InlineData(SplitPattern.Cl100k)]
    [InlineData(SplitPattern.O200k)]
    [InlineData(SplitPattern.Qwen2)]
    [InlineData(SplitPattern.Digits)]
    [InlineData(SplitPattern.Characters)]
    public void Of_OneLongText_CountsTheChunksOfTheWhole(SplitPattern pattern)
    {
        var random = new Random(1);
        string[] pieces = ["the", " fox", "'s", "n't", " ", "  ", "\n", " \r\n", "12", " 345", "!", "狐", "é", "🦊", " A", "bC", "<|x|>", "\t"];
        var text = string.Concat(Enumerable.Range(0, 500_000).Select(_ => pieces[random.Next(pieces.Length)]));

        var counts = ChunkCounts.Of([text], TextSplitter.Of(new TextSplit(pattern)), s_special, observer: null, CancellationToken.None);

        var expected = text.Split("<|x|>").SelectMany(part => new TextSplit(pattern).Chunks(part)).GroupBy(chunk => chunk).Select(group => (group.Key, (long)group.Count()));
        Assert.Equal(expected, counts.Chunks.Zip(counts.Counts));
    }
}
