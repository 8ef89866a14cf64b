namespace TinyLM.Model.Generation;

/// <summary>Takes tokens from the likeliest down, of equals the lower id first; sorts no more than is asked for.</summary>
/// <remarks>A binary heap over ids, in place: n steps to build, log n a token. What was taken lies behind the heap.</remarks>
internal ref struct LogitOrder
{
    private readonly ReadOnlySpan<double> _logits;
    private readonly Span<int> _heap;
    private int _count;

    /// <param name="logits">What to order by; no NaN.</param>
    /// <param name="heap">Scratch, as long as the logits.</param>
    public LogitOrder(ReadOnlySpan<double> logits, Span<int> heap)
    {
        _logits = logits;
        _heap = heap;
        _count = logits.Length;
        for (var id = 0; id < heap.Length; id++) heap[id] = id;
        for (var parent = heap.Length / 2 - 1; parent >= 0; parent--) SiftDown(parent);
    }

    /// <summary>Number of tokens taken.</summary>
    public readonly int Taken => _heap.Length - _count;

    /// <summary>The tokens that were not taken, in no order.</summary>
    public readonly ReadOnlySpan<int> Rest => _heap[.._count];

    /// <summary>A token by its rank, 0 the likeliest; takes as many as that needs.</summary>
    public int this[int rank]
    {
        get
        {
            while (Taken <= rank)
            {
                (_heap[0], _heap[_count - 1]) = (_heap[_count - 1], _heap[0]);
                _count--;
                SiftDown(0);
            }

            return _heap[_heap.Length - 1 - rank];
        }
    }

    private readonly void SiftDown(int parent)
    {
        while (2 * parent + 1 is var child && child < _count)
        {
            if (child + 1 < _count && Precedes(_heap[child + 1], _heap[child])) child++;
            if (!Precedes(_heap[child], _heap[parent])) return;
            (_heap[parent], _heap[child]) = (_heap[child], _heap[parent]);
            parent = child;
        }
    }

    private readonly bool Precedes(int a, int b) => _logits[a] > _logits[b] || (_logits[a] == _logits[b] && a < b);
}
