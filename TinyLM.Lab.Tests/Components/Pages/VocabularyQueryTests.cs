using TinyLM.Lab.Components.Pages.Tokenizers;
using TinyLM.Lab.Tests.Support;
using TinyLM.Model.Data;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Components.Pages;

public class VocabularyQueryTests
{
    private readonly TextTokenizer _tokenizer = new FakeTokenizerLibrary().Open("rhyme");

    [Fact]
    public void Find_Everything_GivesEveryTokenById() =>
        Assert.Equal(Enumerable.Range(0, _tokenizer.VocabularySize), new VocabularyQuery().Find(_tokenizer, null));

    [Theory]
    [InlineData("upon", "Ġupon")]
    [InlineData("Ġupon", "Ġupon")]
    [InlineData("im_sep", "<|im_sep|>")]
    public void Find_Text_GivesTheTokensThatHoldIt(string search, string expected)
    {
        Assert.Contains(expected, new VocabularyQuery(search).Find(_tokenizer, null).Select(Name));
    }

    [Fact]
    public void Find_ANumber_GivesTheTokenOfThatId() => Assert.Contains(256, new VocabularyQuery("256").Find(_tokenizer, null));

    [Fact]
    public void Find_LongestFirst_BeginsWithTheLongest()
    {
        var lengths = new VocabularyQuery(Order: VocabularyOrder.Longest).Find(_tokenizer, null).Select(id => _tokenizer.TokenBytes(id).Length).ToList();

        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    [Fact]
    public void Find_ByFrequencyAndUnused_GoesByTheCounts()
    {
        var counts = new long[_tokenizer.VocabularySize];
        (counts[97], counts[98]) = (3, 5);
        var statistics = new VocabularyStatistics { Counts = counts, TokenCount = 8, ByteCount = 8, WordCount = 1, DocumentCount = 1 };

        Assert.Equal([98, 97], new VocabularyQuery(Order: VocabularyOrder.Frequent).Find(_tokenizer, statistics).Take(2));
        Assert.Equal([97, 98], new VocabularyQuery(Order: VocabularyOrder.Rare).Find(_tokenizer, statistics).TakeLast(2));
        Assert.Equal(_tokenizer.VocabularySize - 2, new VocabularyQuery(OnlyUnused: true).Find(_tokenizer, statistics).Count);
    }

    [Fact]
    public void Find_Alphabetical_GoesByBytes()
    {
        var ids = new VocabularyQuery(Order: VocabularyOrder.Alphabetical).Find(_tokenizer, null);

        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(_tokenizer.TokenBytes(pair.First).Span.SequenceCompareTo(_tokenizer.TokenBytes(pair.Second).Span) <= 0));
    }

    private string Name(int id) => _tokenizer.FindSpecial(id)?.Text ?? TinyLM.Model.Tokenization.Anatomy.TokenName.Of(_tokenizer.TokenBytes(id).Span);
}
