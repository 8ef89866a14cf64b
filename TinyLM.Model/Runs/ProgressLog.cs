namespace TinyLM.Model.Runs;

/// <summary>Writes progress into a run's events, not more often than a person can follow.</summary>
/// <param name="events">Receives it.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class ProgressLog(RunEventWriter events, TimeProvider clock)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private string? _stage;
    private long _last;

    /// <summary>Takes note of how far a stage is.</summary>
    public void Report(string stage, double fraction)
    {
        if (stage == _stage && fraction < 1 && clock.GetElapsedTime(_last) < s_interval) return;
        (_stage, _last) = (stage, clock.GetTimestamp());
        events.Append(new ProgressEvent { Time = clock.GetUtcNow(), Stage = stage, Fraction = Math.Clamp(fraction, 0, 1) });
    }
}
