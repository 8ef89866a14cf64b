using System.Security.Cryptography;
using System.Text;
using TinyLM.Model.Corpora;

namespace TinyLM.Lab.Tests.Model.Corpora;

public class StoryCorpusTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>
    /// The first 1,000 stories of seed 1 on every machine. When this changes, the data of every run on the story world changes with it:
    /// losses of before and after cannot be compared. Change it knowingly, with the version of the program.
    /// </summary>
    [Theory]
    [InlineData("stories", "9b9077fa547ddc41abebabfb5644724060c0bc00e67aafb1d528ad6b8466ac73")]
    [InlineData("first-stories", "7a8fcd34990aacb7acfb19a0d1edb982260e67a0ad1c47afe2ae521405086bac")]
    public void ReadDocuments_SeedOne_IsTheSameOnEveryMachine(string id, string sum)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in new StoryCorpus(StorySet.Find(id)!, 1, long.MaxValue).ReadDocuments(Cancel).Take(1000)) hash.AppendData(Encoding.UTF8.GetBytes(document.Text + "\0"));

        Assert.Equal(sum, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void ReadDocuments_EachOne_IsTheStoryOfItsNumber()
    {
        var documents = new StoryCorpus(StorySet.World, 7, 200_000).ReadDocuments(Cancel).ToList();

        for (var i = documents.Count - 1; i >= 0; i -= 13)
        {
            var story = StoryGenerator.Write(StorySet.World, 7, i);
            Assert.Equal((story.Text, story.LogProbability), (documents[i].Text, documents[i].LogProbability!.Value));
        }
    }

    [Fact]
    public void ReadDocuments_OfALargerCorpus_BeginsWithTheSmallerOne()
    {
        var small = new StoryCorpus(StorySet.World, 3, 50_000).ReadDocuments(Cancel).ToList();
        var large = new StoryCorpus(StorySet.World, 3, 120_000).ReadDocuments(Cancel).ToList();

        Assert.True(large.Count > small.Count);
        Assert.Equal(small, large.Take(small.Count));
    }

    [Fact]
    public void ReadDocuments_OfAnotherSeed_HasNoStoryInCommon()
    {
        var first = new StoryCorpus(StorySet.World, 1, 100_000).ReadDocuments(Cancel).Select(document => document.Text);
        var second = new StoryCorpus(StorySet.World, 2, 100_000).ReadDocuments(Cancel).Select(document => document.Text);

        Assert.Empty(first.Intersect(second));
    }

    [Fact]
    public void Info_Counts_AreThoseOfTheDocuments()
    {
        var corpus = new StoryCorpus(StorySet.World, 1, 300_000);

        var documents = corpus.ReadDocuments(Cancel).ToList();

        Assert.Equal(documents.Count, corpus.Info.DocumentCount);
        Assert.Equal(documents.Sum(document => (long)Encoding.UTF8.GetByteCount(document.Text)), corpus.Info.ByteCount);
        Assert.True(corpus.Info.ByteCount >= 300_000);
        Assert.True(corpus.Info.ByteCount - documents[^1].Text.Length < 300_000, "no story more than needed");
        Assert.Equal((StorySet.World.Id, CorpusKind.Stories), (corpus.Info.Id, corpus.Info.Kind));
    }

    [Fact]
    public void ReadDocuments_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        using var documents = new StoryCorpus(StorySet.World, 1, long.MaxValue).ReadDocuments(cancellation.Token).GetEnumerator();
        Assert.True(documents.MoveNext());

        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => documents.MoveNext());
    }

    [Fact]
    public void Measure_OverStories_IsTheSumOfTheirLogProbabilities()
    {
        var stories = Enumerable.Range(0, 500).Select(index => StoryGenerator.Write(StorySet.World, 1, index)).ToList();

        var entropy = StoryEntropy.Measure(StorySet.World, 1, 500, Cancel);

        Assert.Equal(stories.Sum(story => -story.LogProbability) / Math.Log(2) / stories.Sum(story => story.Text.Length), entropy.BitsPerByte, 12);
        Assert.Equal(stories.Sum(story => (long)story.Text.Length), entropy.ByteCount);
        Assert.Equal(500, entropy.StoryCount);
        Assert.InRange(entropy.WordCount / 500.0, 110, 190);
    }

    [Fact]
    public void Measure_OfTwoSeeds_AgreesWithinItsStandardError()
    {
        var (one, other) = (StoryEntropy.Measure(StorySet.World, 1, 4000, Cancel), StoryEntropy.Measure(StorySet.World, 2, 4000, Cancel));

        Assert.InRange(one.StandardError, 1e-5, 0.01);
        Assert.True(Math.Abs(one.BitsPerByte - other.BitsPerByte) < 5 * (one.StandardError + other.StandardError), $"{one.BitsPerByte} and {other.BitsPerByte}");
    }
}
