using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Model.Corpora;

/// <summary>The entropy of the story world, measured over stories: the floor below which no model can get on average.</summary>
public sealed record StoryEntropy
{
    /// <summary>Bits per byte: the sum of -log2 P over the stories, divided by their bytes.</summary>
    public required double BitsPerByte { get; init; }

    /// <summary>Standard error of <see cref="BitsPerByte"/>, over the draw of the stories.</summary>
    public required double StandardError { get; init; }

    /// <summary>Mean of -log2 P of a story.</summary>
    public required double BitsPerStory { get; init; }

    /// <summary>Stories that were written.</summary>
    public required long StoryCount { get; init; }

    /// <summary>Their bytes, separators not counted.</summary>
    public required long ByteCount { get; init; }

    /// <summary>Their words: runs of letters, with apostrophes inside.</summary>
    public required long WordCount { get; init; }

    /// <summary>Measures over the first stories of a seed.</summary>
    /// <param name="collection">What they tell of.</param>
    /// <param name="seed">The seed of the corpus.</param>
    /// <param name="storyCount">How many stories; the standard error falls with the root of it.</param>
    /// <param name="cancellationToken">Checked before each story.</param>
    public static StoryEntropy Measure(StorySet collection, ulong seed, int storyCount, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(storyCount, 2);
        var writer = new StoryWriter(collection.Grammar);
        var (bits, bytes, words) = (new double[storyCount], new int[storyCount], 0L);
        for (var i = 0; i < storyCount; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.WriteStory(seed, i);
            bits[i] = -writer.LogProbability / Math.Log(2);
            bytes[i] = writer.Length;
            words += WordsIn(writer.Text);
        }

        var byteCount = bytes.Sum(count => (long)count);
        var rate = bits.Sum() / byteCount;

        // The standard error of a ratio of two sums (Cochran 1977, section 2.11): the scatter of what each story deviates from the rate.
        var deviations = bits.Zip(bytes, (b, n) => (b - rate * n) * (b - rate * n)).Sum();
        return new StoryEntropy
        {
            BitsPerByte = rate,
            StandardError = Math.Sqrt(deviations * storyCount / (storyCount - 1)) / byteCount,
            BitsPerStory = bits.Sum() / storyCount,
            StoryCount = storyCount,
            ByteCount = byteCount,
            WordCount = words,
        };
    }

    private static long WordsIn(ReadOnlySpan<char> text)
    {
        var (words, inWord) = (0L, false);
        foreach (var letter in text)
        {
            var isPart = char.IsAsciiLetter(letter) || (inWord && letter == '\'');
            if (isPart && !inWord) words++;
            inWord = isPart;
        }

        return words;
    }
}
