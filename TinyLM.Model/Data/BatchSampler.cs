using TinyLM.Model.Numerics;

namespace TinyLM.Model.Data;

// B = batch, T = position

/// <summary>Gives batches to learn from: the shard in windows of T tokens, in a new random order each epoch.</summary>
/// <remarks>
/// In an epoch each window comes once, so nothing is learned twice before all is learned once. Where the windows begin is drawn
/// anew each epoch, so that over epochs the same tokens are seen at other positions. Order and beginning follow from the seed and
/// the number of the epoch alone: a state of two numbers continues exactly. For one thread at a time.
/// </remarks>
public sealed class BatchSampler
{
    private readonly TokenShard _shard;
    private readonly int _batchSize;
    private readonly int _sequenceLength;
    private readonly ulong _seed;
    private readonly int[] _window;
    private int[] _order = [];
    private int _phase;

    /// <param name="shard">The tokens; the caller disposes it.</param>
    /// <param name="batchSize">Sequences in a batch, B.</param>
    /// <param name="sequenceLength">Tokens in a sequence, T.</param>
    /// <param name="seed">Chooses the orders.</param>
    /// <exception cref="ArgumentException">The shard is shorter than T + 1 tokens.</exception>
    public BatchSampler(TokenShard shard, int batchSize, int sequenceLength, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequenceLength);
        if (shard.Count <= sequenceLength) throw new ArgumentException($"The shard holds {shard.Count} tokens; a sequence of {sequenceLength} and the token after it need {sequenceLength + 1}.", nameof(shard));
        (_shard, _batchSize, _sequenceLength, _seed, _window) = (shard, batchSize, sequenceLength, seed, new int[sequenceLength + 1]);
        State = new BatchSamplerState(0, 0);
    }

    /// <summary>Where the sampler stands; setting it goes there.</summary>
    /// <exception cref="ArgumentException">There is no such place in this shard.</exception>
    public BatchSamplerState State
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (field is null || value.Epoch != field.Epoch) Shuffle(value.Epoch);
            if (value.Epoch < 0 || value.Window < 0 || value.Window > _order.Length)
                throw new ArgumentException($"There is no window {value.Window} in epoch {value.Epoch}; an epoch has {_order.Length}. The state belongs to other data.", nameof(value));
            field = value;
        }
    }

    /// <summary>Fills the next batch.</summary>
    /// <param name="inputs">Receives the tokens, (B, T), row-major.</param>
    /// <param name="targets">Receives the token after each, (B, T), row-major.</param>
    public void Next(Span<int> inputs, Span<int> targets)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs.Length, _batchSize * _sequenceLength, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.Length, inputs.Length, nameof(targets));
        for (var row = 0; row < _batchSize; row++)
        {
            if (State.Window == _order.Length) State = new BatchSamplerState(State.Epoch + 1, 0);
            _shard.Read(_phase + (long)_order[State.Window] * _sequenceLength, _window);
            _window.AsSpan(0, _sequenceLength).CopyTo(inputs[(row * _sequenceLength)..]);
            _window.AsSpan(1).CopyTo(targets[(row * _sequenceLength)..]);
            State = State with { Window = State.Window + 1 };
        }
    }

    private void Shuffle(long epoch)
    {
        var state = _seed;
        var random = new Xoshiro256(Xoshiro256.SplitMix64(ref state) ^ (ulong)epoch);
        _phase = Below(random, (int)Math.Min(_sequenceLength, _shard.Count - _sequenceLength));
        _order = new int[(_shard.Count - 1 - _phase) / _sequenceLength];
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var other = Below(random, i + 1);
            (_order[i], _order[other]) = (_order[other], _order[i]);
        }
    }

    private static int Below(Xoshiro256 random, int bound) => (int)(random.NextDouble() * bound);
}
