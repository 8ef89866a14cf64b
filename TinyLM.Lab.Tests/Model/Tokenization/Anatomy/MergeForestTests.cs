using System.Text;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class MergeForestTests
{
    /// <summary>The pair of each token as GPT-2's own file of merges has it, found again from ranks alone.</summary>
    [Fact]
    public void Tree_OfGpt2sOnce_IsThatOfItsMergesFile()
    {
        var forest = new MergeForest(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2));
        var merges = File.ReadAllLines(SharedData.Path("tokenizers", "gpt2", "vocab.bpe"))[1..50_001];

        Assert.All(Enumerable.Range(0, 50_000).Where(rank => rank % 97 == 0), rank =>
        {
            var tree = forest.Tree(256 + rank);
            Assert.Equal(merges[rank], $"{Name(tree.Left!)} {Name(tree.Right!)}");
        });
        var once = forest.Tree(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2).Encode(" Once")[0]);
        Assert.Equal("ĠOnce", Name(once));
        Assert.Equal("ĠOnce", Leaves(once));
    }

    [Fact]
    public void Tree_OfASpecialToken_HasNoMerges()
    {
        var gpt2 = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2);

        Assert.Equal((null, 0), (new MergeForest(gpt2).Tree(gpt2.EndOfTextId).Rank, new MergeForest(gpt2).Tree(gpt2.EndOfTextId).Depth));
    }

    /// <summary>The example of the lecture, with the tokens of GPT-4o's chats.</summary>
    [Fact]
    public void ChatTemplate_TheExampleOfTheLecture_HasItsFourteenIds()
    {
        var text = ChatTemplate.OpenAI.Format([new ChatMessage("Hi, how are you doing today?", "")], nextRole: "assistant");

        var tokens = TokenizedText.Of(BuiltInTokenizers.Get(BuiltInTokenizers.Gpt4oChat), text, SpecialTokenReading.AsToken);

        Assert.Equal([200264, 12194, 11, 1495, 553, 481, 5306, 4044, 30, 200266, 200265, 200264, 173781, 200266], tokens.Ids);
        Assert.Equal(text, tokens.Text);
    }

    [Fact]
    public void Survey_OfLinesInTwoScripts_CountsEachForItsOwn()
    {
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Bytes);

        var survey = FertilitySurvey.Of(["One fox.\nЛиса, лиса.\n12\nTwo.", "Хвост"], [tokenizer], ct: TestContext.Current.CancellationToken);

        Assert.Equal([WritingSystem.Cyrillic, WritingSystem.Latin], survey.Systems);
        Assert.Equal(new Fertility(new TextMeasure(13, 3, 13), 13), survey[0, WritingSystem.Latin]);
        Assert.Equal(Encoding.UTF8.GetByteCount("Лиса, лиса.\n12\nХвост"), survey[0, WritingSystem.Cyrillic].Tokens); // the line without letters goes with the one before
        Assert.Equal(survey.Total(0).Text.Bytes, survey.Total(0).Tokens);
    }

    [Fact]
    public void Survey_OfAText_HasTheTokensOfTheWholeText()
    {
        var text = File.ReadAllText(SharedData.Path("corpora", "shakespeare", "tinyshakespeare.txt"))[..100_000];
        var tokenizer = BuiltInTokenizers.Get(BuiltInTokenizers.Gpt2);

        var survey = FertilitySurvey.Of([text], [tokenizer], ct: TestContext.Current.CancellationToken);

        Assert.Equal(tokenizer.Encode(text).Count, survey.Total(0).Tokens);
        Assert.Equal(TextMeasure.Of(text), survey.Total(0).Text);
    }

    private static string Name(MergeTree tree) => TokenName.Of(tree.Bytes.Span);

    private static string Leaves(MergeTree tree) => tree.Left is null || tree.Right is null ? Name(tree) : Leaves(tree.Left) + Leaves(tree.Right);
}
