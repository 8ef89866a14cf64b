namespace TinyLM.Lab.Models;

/// <summary>Loaded models, each loaded once and shared; those that nobody uses leave when memory is short or after a while. Thread-safe.</summary>
internal sealed class ModelCache : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CheckpointIdentity, Entry> _entries = [];
    private readonly Func<string, LoadedModel> _load;
    private readonly ModelHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _idleTimer;

    /// <param name="load">Reads a checkpoint folder; called on the thread of the first reader.</param>
    /// <param name="options">How much memory, and for how long.</param>
    /// <param name="time">The clock.</param>
    public ModelCache(Func<string, LoadedModel> load, ModelHostOptions options, TimeProvider time)
    {
        (_load, _options, _time) = (load, options, time);
        _idleTimer = time.CreateTimer(_ => FreeIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Models in memory.</summary>
    public int Count
    {
        get { lock (_lock) return _entries.Count; }
    }

    /// <summary>Borrows a model, loading it where it is not in memory; a second reader waits for the first one's loading.</summary>
    /// <returns>To be disposed as soon as the model is not used any more.</returns>
    /// <exception cref="ModelUnavailableException">It cannot be loaded.</exception>
    public Loan Borrow(CheckpointIdentity checkpoint)
    {
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(checkpoint, out entry!)) _entries[checkpoint] = entry = new Entry(new Lazy<LoadedModel>(() => _load(checkpoint.Folder)));
            entry.Readers++;
        }

        try
        {
            var model = entry.Model.Value;
            lock (_lock) FreeBeyondLimit();
            return new Loan(model, () => Return(entry));
        }
        catch
        {
            lock (_lock)
            {
                entry.Readers--;
                if (_entries.GetValueOrDefault(checkpoint) == entry) _entries.Remove(checkpoint); // so that the next reader tries anew
            }

            throw;
        }
    }

    private void Return(Entry entry)
    {
        lock (_lock)
        {
            entry.Readers--;
            entry.UsedAt = _time.GetTimestamp();
            FreeBeyondLimit();
            if (_entries.Count > 0) _idleTimer.Change(_options.IdleTime, Timeout.InfiniteTimeSpan);
        }
    }

    private void FreeIdle()
    {
        lock (_lock)
        {
            foreach (var (key, entry) in _entries.ToList())
                if (entry.Readers == 0 && _time.GetElapsedTime(entry.UsedAt) >= _options.IdleTime) _entries.Remove(key);
            if (_entries.Values.Any(entry => entry.Readers == 0)) _idleTimer.Change(_options.IdleTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The longest unused ones go first; one that is being read could not be freed anyway.</summary>
    private void FreeBeyondLimit()
    {
        var loaded = _entries.Where(pair => pair.Value.Model is { IsValueCreated: true }).ToList();
        var byteCount = loaded.Sum(pair => pair.Value.Model.Value.ByteCount);
        foreach (var (key, entry) in loaded.Where(pair => pair.Value.Readers == 0).OrderBy(pair => pair.Value.UsedAt))
        {
            if (byteCount <= _options.MemoryBytes) return;
            _entries.Remove(key);
            byteCount -= entry.Model.Value.ByteCount;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _idleTimer.Dispose();

    private sealed class Entry(Lazy<LoadedModel> model)
    {
        public Lazy<LoadedModel> Model { get; } = model;

        public int Readers { get; set; }

        public long UsedAt { get; set; }
    }

    /// <summary>A model that somebody uses.</summary>
    internal sealed class Loan(LoadedModel model, Action giveBack) : IDisposable
    {
        private Action? _giveBack = giveBack;

        /// <summary>The model.</summary>
        public LoadedModel Model => model;

        /// <inheritdoc/>
        public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
    }
}
