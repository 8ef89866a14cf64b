using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization;

/// <summary>Learns a byte-level vocabulary: the pair of neighbours that occurs most often becomes a token, again and again.</summary>
/// <remarks>
/// Algorithm 1 of Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units",
/// https://arxiv.org/abs/1508.07909, over bytes as in Radford et al. 2019. Counts are kept up to date by what each merge
/// changes, and a heap finds the next pair. The same text gives the same merges on every machine.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>Learns a vocabulary.</summary>
    /// <param name="texts">What to learn from, well-formed Unicode; no pair crosses from one text into the next. Read once.</param>
    /// <param name="options">Its size and its rules.</param>
    /// <param name="observer">Told what is read and found.</param>
    /// <param name="ct">Checked between merges.</param>
    /// <exception cref="ArgumentException">The options break a rule; the message says which.</exception>
    /// <exception cref="VocabularyTooLargeException">The text holds too few pairs that are frequent enough, and the vocabulary may not be smaller than asked.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BpeVocabulary Train(IEnumerable<string> texts, BpeTrainingOptions options, ITrainingObserver? observer = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } problems) throw new ArgumentException(string.Join(" ", problems), nameof(options));

        var split = new TextSplit(options.SplitPattern, options.SplitExpression);
        var special = new SpecialTokenFinder([.. options.SpecialTokens.Append(TextTokenizer.EndOfText).Select(text => new SpecialToken(text, 0))]);
        var chunks = ChunkCounts.Of(texts, TextSplitter.Of(split), special, observer, ct);
        var statistics = new PairStatistics(chunks);
        observer?.OnCounted(chunks.Chunks.Count, statistics.TokenCount);
        var merges = new List<(int Left, int Right)>();
        var order = new PairOrder(options.TieBreak, merges);
        var queue = new PriorityQueue<long, (long Count, long Pair)>(statistics.All.Select(pair => (pair.Pair, (pair.Count, pair.Pair))), order);

        var wanted = options.VocabularySize - options.FixedTokens;
        while (merges.Count < wanted)
        {
            ct.ThrowIfCancellationRequested();
            var next = Next(queue, statistics, options.TieBreak);
            var count = next is { } found ? statistics.Count(found) : 0;
            if (next is not { } best || count < options.MinimumFrequency)
            {
                if (options.MayEndEarly) break;
                throw new VocabularyTooLargeException(options.VocabularySize, options.FixedTokens + merges.Count);
            }

            var (left, right) = PairStatistics.Ids(best);
            merges.Add((left, right));
            foreach (var pair in statistics.Merge(best, 255 + merges.Count)) queue.Enqueue(pair, (statistics.Count(pair), pair));
            observer?.OnMerge(new LearnedMerge(left, right, 255 + merges.Count, count, statistics.TokenCount));
        }
        return new BpeVocabulary(split, merges) { SpecialTokens = options.SpecialTokens };
    }

    /// <summary>Takes the pair that comes first; null when no pair is left.</summary>
    private static long? Next(PriorityQueue<long, (long Count, long Pair)> queue, PairStatistics statistics, TieBreak tieBreak)
    {
        if (TakeCurrent(queue, statistics) is not { } best) return null;
        if (tieBreak != TieBreak.FirstOccurrence) return best;

        var count = statistics.Count(best);
        var tied = new HashSet<long> { best };
        while (TakeCurrent(queue, statistics) is { } other)
        {
            if (statistics.Count(other) < count)
            {
                queue.Enqueue(other, (statistics.Count(other), other));
                break;
            }
            tied.Add(other);
        }
        best = tied.MinBy(statistics.FirstOccurrence);
        foreach (var other in tied)
            if (other != best) queue.Enqueue(other, (count, other));
        return best;
    }

    /// <summary>Takes pairs until one stands in the queue with the count that it has now; those with an old one are put back.</summary>
    private static long? TakeCurrent(PriorityQueue<long, (long Count, long Pair)> queue, PairStatistics statistics)
    {
        while (queue.TryDequeue(out var pair, out var priority))
        {
            var count = statistics.Count(pair);
            if (count == priority.Count && count > 0) return pair;
            if (count > 0 && count < priority.Count) queue.Enqueue(pair, (count, pair)); // one with a lower count is a double: the right one stands before it
        }
        return null;
    }
}
