namespace TinyLM.Lab.Tests.Support;

/// <summary>Waits for what another thread or process does.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>Looks until a condition holds.</summary>
    /// <param name="condition">What must become true.</param>
    /// <param name="what">Told when it does not.</param>
    /// <param name="between">Done before each look.</param>
    public static async Task HoldsAsync(Func<bool> condition, string what, Func<Task>? between = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (between is not null) await between();
            if (condition()) return;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < s_deadline, $"In {s_deadline.TotalSeconds} s it did not become true that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }
}
