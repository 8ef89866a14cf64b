namespace TinyLM.Model.Data;

// B = batch, T = position

/// <summary>Gives batches to learn from: the windows of an order, B at a time, epoch after epoch. For one thread at a time.</summary>
public sealed class BatchSampler
{
    private readonly WindowOrder _order;
    private readonly int _batchSize;
    private readonly int[] _window;

    /// <param name="order">Which windows, in which order.</param>
    /// <param name="batchSize">Sequences in a batch, B.</param>
    public BatchSampler(WindowOrder order, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        (_order, _batchSize, _window) = (order, batchSize, new int[order.SequenceLength + 1]);
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
            if (field is null || value.Epoch != field.Epoch) _order.Begin(value.Epoch);
            if (value.Epoch < 0 || value.Window < 0 || value.Window > _order.Count)
                throw new ArgumentException($"There is no window {value.Window} in epoch {value.Epoch}; an epoch has {_order.Count}. The state belongs to other data.", nameof(value));
            field = value;
        }
    }

    /// <summary>Times that all windows were read, the present epoch by its part.</summary>
    public double Epochs => State.Epoch + (double)State.Window / _order.Count;

    /// <summary>Fills the next batch.</summary>
    /// <param name="inputs">Receives the tokens, (B, T), row-major.</param>
    /// <param name="targets">Receives the token after each, (B, T), row-major.</param>
    public void Next(Span<int> inputs, Span<int> targets)
    {
        var length = _order.SequenceLength;
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs.Length, _batchSize * length, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfNotEqual(targets.Length, inputs.Length, nameof(targets));
        for (var row = 0; row < _batchSize; row++)
        {
            if (State.Window == _order.Count) State = new BatchSamplerState(State.Epoch + 1, 0);
            _order.Shard.Read(_order[State.Window], _window);
            _window.AsSpan(0, length).CopyTo(inputs[(row * length)..]);
            _window.AsSpan(1).CopyTo(targets[(row * length)..]);
            State = State with { Window = State.Window + 1 };
        }
    }
}
