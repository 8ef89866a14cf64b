using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Lab.Tests.Model.Corpora;

/// <summary>The language that the story world is written in, on grammars small enough to see through.</summary>
public class StoryGrammarTests
{
    [Fact]
    public void Write_WeightedChoice_CountsItsProbability()
    {
        var stories = Enumerate("tell start\n  [3*a|b]\n");

        Assert.Equal(0.75, Math.Exp(stories["a"]), 12);
        Assert.Equal(0.25, Math.Exp(stories["b"]), 12);
    }

    [Fact]
    public void Write_AllDerivationsOfASmallGrammar_HaveProbabilitiesThatSumToOne()
    {
        var stories = Enumerate("""
            list child
              Mia | f
              Ben | m
              Tom | m
            choose start
              2* {hero=child} met {friend=child}(, and {hero.he} [2*waved|smiled|bowed]).
              3* {Hero=child:m} had <thing=thing>. {Thing} was {hero.his}( very| so) best.
            choose thing
              a cat
              the [old|red] hat
            """);

        Assert.Equal(6 * 4 + 2 * 3 * 3, stories.Count);
        Assert.Equal(1, stories.Values.Sum(Math.Exp), 12);
    }

    [Fact]
    public void Write_TwoOfOneList_AreNeverTheSame()
    {
        var stories = Enumerate("list child\n  A\n  B\n  C\ntell start\n  {one=child} {two=child} {three=child}\n");

        Assert.Equal(["A B C", "A C B", "B A C", "B C A", "C A B", "C B A"], stories.Keys.Order(StringComparer.Ordinal));
        Assert.All(stories.Values, logProbability => Assert.Equal(1.0 / 6, Math.Exp(logProbability), 12));
    }

    [Fact]
    public void Write_FormsOfAWord_FollowItsTags()
    {
        var stories = Enumerate("""
            list thing
              * | fine: fine {self}
              owl
              boots | pl
              milk | mass
            tell start
              {thing=thing.a}, {thing.s}, {thing.fine}: {thing.he} {thing.was} {thing.his} own.
            """);

        Assert.Equal(
            ["an owl, owls, fine owl: it was its own.", "milk, milk, fine milk: it was its own.", "some boots, boots, fine boots: they were their own."],
            stories.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_ConditionsFlagsAndParagraphs_AreNoChoices()
    {
        var stories = Enumerate("""
            list child
              Mia | f
            tell start
              {#plot: quiet}
              {hero=child} {hero.f?sings|hums}.
              {!rain}
              / {rain?It rains.|It is dry.} {friend?Two.|One.}
            """);

        Assert.Equal("Mia sings.\nIt rains. One.", Assert.Single(stories.Keys));
        Assert.Equal(0, Assert.Single(stories.Values));
    }

    [Theory]
    [InlineData("tell start\n  [a|b\n", "test(2)", "'|' or ']'")]
    [InlineData("tell start\n  <nothing>\n", "test(2)", "the name of a rule")]
    [InlineData("tell start\n  {hero=child}\n", "test(2)", "the name of a list")]
    [InlineData("tell start\n  caf\u00e9\n", "test(2)", "plain ASCII")]
    [InlineData("say start\n  a\n", "test(1)", "'list', 'choose' or 'tell'")]
    public void Build_Mistake_IsToldWithItsFileAndLine(string grammar, string where, string expected)
    {
        var mistake = Assert.Throws<InvalidDataException>(() => Build(grammar));

        Assert.StartsWith(where, mistake.Message, StringComparison.Ordinal);
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("choose start\n  a\n  a\n")]
    [InlineData("tell start\n  (very )(very )good\n")]
    [InlineData("tell start\n  [big|big red] [hat|red hat]\n")]
    [InlineData("tell start\n  [big|big red]( red) hat\n")]
    [InlineData("list child\n  Ann\n  Anna\ntell start\n  {hero=child}[|a]\n")]
    [InlineData("list child\n  Ben\n  Tom\ntell start\n  {!x}[{hero=child}|Ben]\n")]
    [InlineData("choose start\n  <thing=a>b\n  ab\nchoose a\n  a\n  c\n")]
    public void Check_TextWithTwoDerivations_IsFound(string grammar) => Assert.NotEmpty(new DerivationChecker(Build(grammar)).Check());

    [Theory]
    [InlineData("choose start\n  a\n  ab\n")]
    [InlineData("tell start\n  (very )good\n")]
    [InlineData("tell start\n  [big|big red] [hat|coat]\n")]
    [InlineData("list child\n  Ann | f\n  Ben | m\ntell start\n  {hero=child} [{hero} ran.|{hero.he} ran.|{hero} ran off.]\n")]
    [InlineData("choose start\n  <thing=a>b {thing}.\n  ad\nchoose a\n  a\n  c\n")]
    public void Check_GrammarWhereTextTellsTheChoices_HasNoProblem(string grammar) => Assert.Empty(new DerivationChecker(Build(grammar)).Check());

    private static Grammar Build(string text)
    {
        var builder = new GrammarBuilder();
        builder.Add("test", text.ReplaceLineEndings("\n"));
        return builder.Build("start");
    }

    // Draws until nothing new can be expected: the grammars have at most some dozens of texts.
    private static Dictionary<string, double> Enumerate(string text)
    {
        var writer = new StoryWriter(Build(text));
        var stories = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < 20_000; i++)
        {
            writer.WriteStory(1, i);
            var story = writer.Text.ToString();
            Assert.True(!stories.TryGetValue(story, out var known) || Math.Abs(known - writer.LogProbability) < 1e-12, "equal texts, equal probabilities");
            stories[story] = writer.LogProbability;
        }

        return stories;
    }
}
