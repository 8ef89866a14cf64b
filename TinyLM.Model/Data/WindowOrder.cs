using TinyLM.Model.Numerics;

namespace TinyLM.Model.Data;

// B = batch, T = position

/// <summary>Where the windows of an epoch begin, and in which order they come. For one thread at a time.</summary>
/// <remarks>All follows from the shard, the seed and the number of the epoch, so a state of two numbers continues exactly.</remarks>
public abstract class WindowOrder
{
    private long[] _starts = [];

    /// <param name="shard">The tokens; the caller disposes it.</param>
    /// <param name="sequenceLength">Tokens in a window, T; a window needs the token after it too.</param>
    /// <exception cref="ArgumentException">The shard is shorter than T + 1 tokens.</exception>
    private protected WindowOrder(TokenShard shard, int sequenceLength)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (shard.Count <= sequenceLength) throw new ArgumentException($"The shard holds {shard.Count} tokens; a sequence of {sequenceLength} and the token after it need {sequenceLength + 1}.", nameof(shard));
        (Shard, SequenceLength) = (shard, sequenceLength);
    }

    /// <summary>The tokens.</summary>
    public TokenShard Shard { get; }

    /// <summary>Tokens in a window, T.</summary>
    public int SequenceLength { get; }

    /// <summary>Windows in the epoch.</summary>
    public int Count => _starts.Length;

    /// <summary>Windows of T tokens that do not overlap, in a new random order each epoch.</summary>
    /// <remarks>
    /// Nothing is learned twice before all is learned once. Where the first begins is drawn anew each epoch, so that over epochs the
    /// same tokens are seen at other positions.
    /// </remarks>
    public static WindowOrder Shuffled(TokenShard shard, int sequenceLength, ulong seed) => new ShuffledOrder(shard, sequenceLength, seed);

    /// <summary>Windows that begin where a document does, in a new random order each epoch.</summary>
    /// <remarks>
    /// The next window begins with the first document that does not end within this one, so each document is in some window from its
    /// beginning, and whole where it fits. Where one is longer than a window, the next goes on within it. The last documents are
    /// left out where they do not fill a window.
    /// </remarks>
    /// <param name="shard">The tokens.</param>
    /// <param name="sequenceLength">Tokens in a window.</param>
    /// <param name="endOfTextId">The token that stands before each document.</param>
    /// <param name="seed">Chooses the orders.</param>
    public static WindowOrder Documents(TokenShard shard, int sequenceLength, int endOfTextId, ulong seed) => new DocumentOrder(shard, sequenceLength, endOfTextId, seed);

    /// <summary>Batches one after the other from the start, each B windows in a row; what does not fill a batch at the end is left out.</summary>
    /// <remarks>As llm.c's loader without shuffling, https://github.com/karpathy/llm.c, llmc/dataloader.h.</remarks>
    /// <exception cref="ArgumentException">The shard does not fill a batch.</exception>
    public static WindowOrder Sequential(TokenShard shard, int sequenceLength, int batchSize) => new SequentialOrder(shard, sequenceLength, batchSize);

    /// <summary>Where a window begins in the shard.</summary>
    public long this[int window] => _starts[window];

    /// <summary>Goes to an epoch.</summary>
    internal void Begin(long epoch) => _starts = StartsOf(epoch);

    private protected abstract long[] StartsOf(long epoch);

    private protected static Xoshiro256 RandomOf(ulong seed, long epoch)
    {
        var state = seed;
        return new Xoshiro256(Xoshiro256.SplitMix64(ref state) ^ (ulong)epoch);
    }

    private protected static int Below(Xoshiro256 random, int bound) => (int)(random.NextDouble() * bound);

    private protected static void Shuffle(long[] starts, Xoshiro256 random)
    {
        for (var i = starts.Length - 1; i > 0; i--)
        {
            var other = Below(random, i + 1);
            (starts[i], starts[other]) = (starts[other], starts[i]);
        }
    }

    private sealed class ShuffledOrder(TokenShard shard, int sequenceLength, ulong seed) : WindowOrder(shard, sequenceLength)
    {
        private protected override long[] StartsOf(long epoch)
        {
            var random = RandomOf(seed, epoch);
            var phase = Below(random, (int)Math.Min(SequenceLength, Shard.Count - SequenceLength));
            var starts = new long[(Shard.Count - 1 - phase) / SequenceLength];
            for (var i = 0; i < starts.Length; i++) starts[i] = phase + (long)i * SequenceLength;
            Shuffle(starts, random);
            return starts;
        }
    }

    private sealed class DocumentOrder(TokenShard shard, int sequenceLength, int endOfTextId, ulong seed) : WindowOrder(shard, sequenceLength)
    {
        private readonly long[] _inOrder = [.. Windows(shard, sequenceLength, endOfTextId)];

        private protected override long[] StartsOf(long epoch)
        {
            var starts = _inOrder.ToArray();
            Shuffle(starts, RandomOf(seed, epoch));
            return starts;
        }

        private static IEnumerable<long> Windows(TokenShard shard, int length, int endOfTextId)
        {
            var start = 0L;
            var lastBeginning = 0L; // of the documents in the window
            foreach (var beginning in Beginnings(shard, endOfTextId).Append(shard.Count))
            {
                // A document ends here; what goes beyond the window begins the next one, or goes on in it.
                while (beginning > start + length)
                {
                    yield return start;
                    start = lastBeginning > start ? lastBeginning : start + length;
                }
                lastBeginning = beginning;
            }
        }

        private static IEnumerable<long> Beginnings(TokenShard shard, int endOfTextId)
        {
            var block = new int[1 << 16];
            for (var position = 0L; position < shard.Count; position += block.Length)
            {
                var part = Math.Min(block.Length, (int)Math.Min(int.MaxValue, shard.Count - position));
                shard.Read(position, block.AsSpan(0, part));
                for (var i = 0; i < part; i++)
                    if (block[i] == endOfTextId) yield return position + i;
            }
        }
    }

    private sealed class SequentialOrder : WindowOrder
    {
        private readonly long[] _inOrder;

        public SequentialOrder(TokenShard shard, int sequenceLength, int batchSize)
            : base(shard, sequenceLength)
        {
            var batches = (shard.Count - 1) / ((long)batchSize * sequenceLength);
            if (batches == 0) throw new ArgumentException($"The shard holds {shard.Count} tokens; a batch of {batchSize} sequences of {sequenceLength} and the token after it need {(long)batchSize * sequenceLength + 1}.", nameof(shard));
            _inOrder = new long[checked((int)(batches * batchSize))];
            for (var i = 0; i < _inOrder.Length; i++) _inOrder[i] = (long)i * sequenceLength;
        }

        private protected override long[] StartsOf(long epoch) => _inOrder;
    }
}
