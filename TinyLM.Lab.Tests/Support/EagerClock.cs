namespace TinyLM.Lab.Tests.Support;

/// <summary>A clock on which much time passes between any two looks, so that nothing is ever too fresh to be looked at again. Timers are real.</summary>
public class EagerClock : TimeProvider
{
    private long _timestamp;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Add(ref _timestamp, 10 * TimestampFrequency);
}
