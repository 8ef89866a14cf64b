namespace TinyLM.Lab.Security;

/// <summary>Counts what each person did lately. Thread-safe.</summary>
public sealed class Allowances(LabLimits limits, TimeProvider clock)
{
    private const int MostPeople = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Person, Allowance Allowance), Queue<(DateTimeOffset At, int Count)>> _spent = [];

    /// <summary>Takes note of what a person does.</summary>
    /// <exception cref="LimitReachedException">It would be too much; nothing is noted.</exception>
    public void Spend(Visitor visitor, Allowance allowance, int count = 1)
    {
        if (!visitor.IsLimited) return;
        var (most, window, what) = RuleOf(allowance);
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var spent = Of(visitor.Person, allowance, now);
            while (spent.TryPeek(out var oldest) && now - oldest.At >= window) spent.Dequeue();
            if (spent.Sum(one => one.Count) + count > most)
                throw new LimitReachedException(Words(count, most, what, window, spent.TryPeek(out var first) ? first.At + window - now : TimeSpan.Zero));
            spent.Enqueue((now, count));
        }
    }

    /// <summary>Takes note of a text that a person asks a model for.</summary>
    /// <param name="visitor">The person.</param>
    /// <param name="maxTokens">Tokens that it may have.</param>
    /// <param name="count">Texts of that length.</param>
    /// <exception cref="LimitReachedException">It would be too much; nothing is noted.</exception>
    public void SpendTexts(Visitor visitor, int maxTokens, int count = 1)
    {
        if (!visitor.MayChange && maxTokens > limits.LongestText)
            throw new LimitReachedException($"A viewer's text has at most {limits.LongestText:N0} tokens here, and {maxTokens:N0} were asked for. Choose a smaller longest text.");
        Spend(visitor, Allowance.Text, count);
    }

    private static string Words(int count, int most, string what, TimeSpan window, TimeSpan wait) => count > most
        ? $"That would be {count:N0} {what} at once; each person has {most:N0} {WindowWords(window)} here. Ask for fewer."
        : $"Each person has {most:N0} {what} {WindowWords(window)} here, so that there is enough for all. Try again in {(wait.TotalMinutes < 2 ? $"{Math.Ceiling(wait.TotalSeconds):N0} seconds" : $"{Math.Ceiling(wait.TotalMinutes):N0} minutes")}.";

    private static string WindowWords(TimeSpan window) => window.TotalMinutes > 1 ? "an hour" : "a minute";

    private (int Most, TimeSpan Window, string What) RuleOf(Allowance allowance) => allowance switch
    {
        Allowance.Text => (limits.TextsPerMinute, TimeSpan.FromMinutes(1), "texts"),
        Allowance.Upload => (limits.UploadsPerHour, TimeSpan.FromHours(1), "uploads"),
        _ => (limits.StartsPerHour, TimeSpan.FromHours(1), "training starts"),
    };

    private Queue<(DateTimeOffset At, int Count)> Of(string person, Allowance allowance, DateTimeOffset now)
    {
        if (_spent.TryGetValue((person, allowance), out var known)) return known;
        if (_spent.Count >= MostPeople)
            foreach (var (key, spent) in _spent.ToList())
                if (spent.All(one => now - one.At >= RuleOf(key.Allowance).Window)) _spent.Remove(key);
        return _spent[(person, allowance)] = new Queue<(DateTimeOffset, int)>();
    }
}
