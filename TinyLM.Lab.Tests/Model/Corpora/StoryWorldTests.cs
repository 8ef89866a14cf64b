using System.Text.RegularExpressions;
using TinyLM.Model.Corpora;
using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Lab.Tests.Model.Corpora;

/// <summary>The stories themselves: their variety, their English, their facts, and that no text has two derivations.</summary>
public partial class StoryWorldTests(StoryWorldTests.Sample sample) : IClassFixture<StoryWorldTests.Sample>
{
    [Theory]
    [InlineData("stories", 1000)]
    [InlineData("first-stories", 200)]
    public void Collection_NoText_HasTwoDerivations(string id, int leastPlaces)
    {
        var checker = new DerivationChecker(StorySet.Find(id)!.Grammar);

        var problems = checker.Check();

        Assert.Empty(problems);
        Assert.True(checker.PlaceCount > leastPlaces, $"only {checker.PlaceCount} places with a choice were looked at");
        Assert.False(StoryCorpus.EntropyIsUpperBound);
    }

    [Fact]
    public void Stories_TenThousand_UseAtLeastFifteenHundredWords()
    {
        var words = sample.Stories.SelectMany(story => sample.WordsOf(story.Text)).Distinct().Count();

        Assert.True(words >= 1500, $"{words} words");
    }

    [Fact]
    public void Stories_TenThousand_RepeatFewSequencesOfEightWords()
    {
        var storiesWith = new Dictionary<ulong, int>();
        foreach (var story in sample.Stories)
        {
            foreach (var sequence in SequencesOfEight(sample.WordsOf(story.Text)).ToHashSet())
            {
                storiesWith[sequence] = storiesWith.GetValueOrDefault(sequence) + 1;
            }
        }

        var common = storiesWith.Values.Where(count => count > sample.Stories.Count / 20).ToList();

        Assert.True(common.Count < 0.01 * storiesWith.Count, $"{common.Count} of {storiesWith.Count} different sequences are common");
        Assert.True(common.Sum() < 0.01 * storiesWith.Values.Sum(), $"{common.Sum()} of {storiesWith.Values.Sum()} sequences are common ones");
    }

    [Fact]
    public void Stories_Lengths_AreThoseOfShortStories()
    {
        var lengths = sample.Stories.Select(story => sample.WordsOf(story.Text).Length).ToList();

        Assert.InRange(lengths.Average(), 125, 175);
        Assert.True(lengths.Count(length => length is < 80 or > 250) < lengths.Count / 200, "nearly all have 80 to 250 words");
    }

    [Theory]
    [InlineData(@"[{}\[\]<>|*_#/=]", "left over from a template")]
    [InlineData(@"  |\n\n| \n|\n |\A\s|\s\z", "spaces that are too many")]
    [InlineData(@"\b([A-Za-z]+) \1\b(?<!\b(?:thump|[Tt]ap|[Bb]ump|[Kk]nock|[Ss]cratch) \w+)", "the same word twice")]
    [InlineData(@"\b[Aa] (?:[aeio]|u(?!ni|se))", "a where an belongs")]
    [InlineData(@"\b[Aa]n (?!hour)[^aeiou\s""]", "an where a belongs")]
    [InlineData(@"[.!?] [a-z]", "a sentence that starts small")]
    [InlineData(@"[.!?]"" (?!it |someone |his |her |said|asked|cried|called|shouted|thought|he |she |they |came|in |yelled|whispered)[a-z]", "a sentence after speech that starts small")]
    [InlineData(@"(?:^|\n)""?[a-z]", "a paragraph that starts small")]
    [InlineData(@" [,.!?]|,[^\s""]|[.!?][^\s"".!?]|,,|\.\.|[!?]\.", "a stop in the wrong place")]
    [InlineData(@"[^.!?""](?:\n|\z)|[^.!?,]""(?:\n|\z)", "a paragraph without an end")]
    [InlineData(@"""\.|""!|""\?|"",", "a stop behind the quotation mark")]
    [InlineData(@"""(?:(?:Who|Where|Why|May I|Can I|Can you|Do you|Did you|Are you|Have you|How (?!silly)\w+|What (?!a |day|have I)\w+)\b)[^?""]*[,.!]""", "a question without its mark")]
    public void Stories_TenThousand_HaveNoSlip(string pattern, string slip)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);

        var wrong = sample.AllStories.Where(story => regex.IsMatch(story.Text)).Take(5).Select(story => $"'{regex.Match(story.Text).Value}' in: {story.Text}");

        Assert.True(!wrong.Any(), $"{slip}: {string.Join("\n\n", wrong)}");
    }

    [Fact]
    public void Stories_TenThousand_CloseTheirQuotations()
    {
        Assert.All(sample.AllStories, story => Assert.All(story.Text.Split('\n'), paragraph => Assert.Equal(0, paragraph.Count(letter => letter == '"') % 2)));
    }

    [Fact]
    public void Facts_OfEveryStory_AreToldInIt()
    {
        foreach (var (text, _, facts) in sample.AllStories)
        {
            Assert.Contains(facts.Hero, text, StringComparison.Ordinal);
            if (facts.Thing is not null) Assert.Contains(facts.Thing, text, StringComparison.OrdinalIgnoreCase);
            if (facts.Place is not null) Assert.Contains(facts.Place, text, StringComparison.Ordinal);
            Assert.All(facts.Others, other => Assert.Contains(other.Replace("a ", "", StringComparison.Ordinal), text, StringComparison.OrdinalIgnoreCase));
            string[] phrases = [facts.Plot, facts.HeroKind, facts.Wish, facts.Outcome];
            Assert.All(phrases, phrase => Assert.NotEmpty(phrase));
            Assert.Equal(text.Contains('"', StringComparison.Ordinal), facts.Features.HasFlag(StoryFeatures.Dialogue));
        }
    }

    /// <summary>What the writer says of its own probabilities against what it does: each count within five standard deviations.</summary>
    [Fact]
    public void Stories_Frequencies_AreTheStatedProbabilities()
    {
        var count = sample.Stories.Count;
        var wild = sample.Stories.Count(story => story.Facts.Features.HasFlag(StoryFeatures.AnimalHero));
        AssertFrequency(wild, count, 4.0 / 16);

        var children = sample.Stories.Where(story => !story.Facts.Features.HasFlag(StoryFeatures.AnimalHero)).ToList();
        var names = children.GroupBy(story => story.Facts.Hero).ToList();
        Assert.All(names, name => AssertFrequency(name.Count(), children.Count, 1.0 / names.Count));
    }

    [Fact]
    public void LogProbabilities_AreFiniteAndBelowZero() => Assert.All(sample.AllStories, story => Assert.InRange(story.LogProbability, -400, -20));

    private static void AssertFrequency(int count, int of, double probability) =>
        Assert.InRange(count, (of * probability) - (5 * Math.Sqrt(of * probability)), (of * probability) + (5 * Math.Sqrt(of * probability)));

    private static IEnumerable<ulong> SequencesOfEight(int[] words)
    {
        for (var i = 0; i + 8 <= words.Length; i++)
        {
            var hash = 14695981039346656037UL;
            foreach (var word in words.AsSpan(i, 8)) hash = (hash ^ (ulong)word) * 1099511628211UL;
            yield return hash;
        }
    }

    /// <summary>Ten thousand stories of each collection, written once for all tests.</summary>
    public sealed partial class Sample
    {
        private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);

        public IReadOnlyList<Story> Stories { get; } = [.. Enumerable.Range(0, 10_000).Select(index => StoryGenerator.Write(StorySet.World, 1, index))];

        public IReadOnlyList<Story> FirstStories { get; } = [.. Enumerable.Range(0, 10_000).Select(index => StoryGenerator.Write(StorySet.First, 1, index))];

        public IEnumerable<Story> AllStories => Stories.Concat(FirstStories);

        /// <summary>The words of a text as numbers, case folded.</summary>
        public int[] WordsOf(string text)
        {
            var words = new List<int>(200);
            foreach (var match in Word().EnumerateMatches(text))
            {
                var word = text.Substring(match.Index, match.Length).ToLowerInvariant();
                if (!_vocabulary.TryGetValue(word, out var number)) _vocabulary.Add(word, number = _vocabulary.Count);
                words.Add(number);
            }

            return [.. words];
        }

        [GeneratedRegex("[A-Za-z]+(?:'[a-z]+)?", RegexOptions.CultureInvariant)]
        private static partial Regex Word();
    }
}
