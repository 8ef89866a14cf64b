namespace TinyLM.Model.Data;

// B = batch, T = position

/// <summary>Batches to measure on: always the same ones, spread evenly over the shard. For one thread at a time.</summary>
public sealed class ValidationBatches
{
    private readonly TokenShard _shard;
    private readonly int _batchSize;
    private readonly int _sequenceLength;
    private readonly int _count;
    private readonly int[] _window;
    private int _next;

    /// <param name="shard">The tokens; the caller disposes it.</param>
    /// <param name="batchSize">Sequences in a batch, B.</param>
    /// <param name="sequenceLength">Tokens in a sequence, T.</param>
    /// <param name="batches">How many batches there are; where the shard is short, their sequences overlap.</param>
    /// <exception cref="ArgumentException">The shard is shorter than T + 1 tokens.</exception>
    public ValidationBatches(TokenShard shard, int batchSize, int sequenceLength, int batches)
    {
        ArgumentNullException.ThrowIfNull(shard);
        if (shard.Count <= sequenceLength) throw new ArgumentException($"The shard holds {shard.Count} tokens; a sequence of {sequenceLength} and the token after it need {sequenceLength + 1}.", nameof(shard));
        (_shard, _batchSize, _sequenceLength, _count, _window) = (shard, batchSize, sequenceLength, checked(batchSize * batches), new int[sequenceLength + 1]);
    }

    /// <summary>Goes back to the first batch.</summary>
    public void Restart() => _next = 0;

    /// <summary>Fills the next batch; after the last comes the first.</summary>
    /// <param name="inputs">Receives the tokens, (B, T), row-major.</param>
    /// <param name="targets">Receives the token after each, (B, T), row-major.</param>
    public void Next(Span<int> inputs, Span<int> targets)
    {
        for (var row = 0; row < _batchSize; row++, _next = (_next + 1) % _count)
        {
            var last = _shard.Count - 1 - _sequenceLength;
            _shard.Read(_count == 1 ? 0 : (long)((Int128)last * _next / (_count - 1)), _window);
            _window.AsSpan(0, _sequenceLength).CopyTo(inputs[(row * _sequenceLength)..]);
            _window.AsSpan(1).CopyTo(targets[(row * _sequenceLength)..]);
        }
    }
}
