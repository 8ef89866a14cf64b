using System.Diagnostics.CodeAnalysis;

namespace TinyLM.Lab.Inspection;

/// <summary>Keeps the last results, each under a key. Safe for any number of threads.</summary>
/// <param name="most">How many.</param>
internal sealed class RecentResults<TKey, TResult>(int most)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<TKey, TResult> _results = [];

    /// <summary>Finds a result.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TResult result)
    {
        lock (_lock) return _results.TryGetValue(key, out result);
    }

    /// <summary>Keeps a result; the oldest goes.</summary>
    public void Add(TKey key, TResult result)
    {
        lock (_lock)
        {
            _results[key] = result;
            if (_results.Count > most) _results.RemoveAt(0);
        }
    }
}
