using System.Diagnostics;

namespace TinyLM.Model.Inference;

/// <summary>Threads that help with products. A product takes some ten microseconds, far less than a thread pool takes to hand it over.</summary>
/// <remarks>
/// Whoever has work takes parts of it like everybody else, so it never waits for a helper to wake, only for parts that a helper has
/// begun. Helpers watch for work for a short while after the last, then sleep. Thread-safe; one work at a time, others are refused.
/// </remarks>
internal sealed class ProcessorTeam
{
    private static readonly TimeSpan s_watch = TimeSpan.FromMilliseconds(0.5);
    private static readonly Lazy<ProcessorTeam> s_shared = new(() => new ProcessorTeam(Environment.ProcessorCount - 1));

    private readonly Lock _oneAtATime = new();
    private readonly object _bed = new(); // where helpers sleep
    private ITeamWork? _work;
    private int _parts;
    private int _untaken; // parts
    private int _undone; // parts
    private int _helpersWanted;
    private int _helpersAtWork;
    private int _asleep;

    /// <param name="helpers">Threads; they live as long as the process.</param>
    public ProcessorTeam(int helpers)
    {
        for (var i = 0; i < helpers; i++) new Thread(Help) { IsBackground = true, Name = "inference helper" }.Start();
    }

    /// <summary>A helper for each processor but one.</summary>
    public static ProcessorTeam Shared => s_shared.Value;

    /// <summary>Does all parts of some work, together with helpers, and returns when it is done.</summary>
    /// <param name="work">The work.</param>
    /// <param name="parts">Into how many parts it falls.</param>
    /// <param name="helpers">Helpers at most.</param>
    /// <returns>False where the team is at work already; nothing was done.</returns>
    public bool TryRun(ITeamWork work, int parts, int helpers)
    {
        if (_oneAtATime.IsHeldByCurrentThread || !_oneAtATime.TryEnter()) return false; // a part of the work has no work for the team
        try
        {
            (_work, _parts, _undone, _helpersWanted) = (work, parts, parts, helpers);
            Interlocked.Exchange(ref _untaken, parts); // from here on parts are taken
            if (Volatile.Read(ref _asleep) > 0) Wake();
            TakeParts();
            for (var spin = new SpinWait(); Volatile.Read(ref _undone) > 0;) spin.SpinOnce(sleep1Threshold: -1);
            _work = null;
            return true;
        }
        finally
        {
            _oneAtATime.Exit();
        }
    }

    private void TakeParts()
    {
        while (Volatile.Read(ref _untaken) > 0)
        {
            var part = Interlocked.Decrement(ref _untaken);
            if (part < 0) return;
            _work!.Do(part, _parts); // set before the part could be taken, and not changed before it is done
            Interlocked.Decrement(ref _undone);
        }
    }

    private void Help()
    {
        var idleSince = Stopwatch.GetTimestamp();
        while (true)
        {
            if (Volatile.Read(ref _untaken) > 0 && TryHelp())
            {
                idleSince = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(idleSince) < s_watch)
            {
                Thread.SpinWait(8);
            }
            else
            {
                Sleep();
                idleSince = Stopwatch.GetTimestamp();
            }
        }
    }

    /// <summary>Sleeps until there is work; what came just before is seen.</summary>
    private void Sleep()
    {
        lock (_bed)
        {
            Interlocked.Increment(ref _asleep);
            if (Volatile.Read(ref _untaken) <= 0) Monitor.Wait(_bed);
            Interlocked.Decrement(ref _asleep);
        }
    }

    private void Wake()
    {
        lock (_bed) Monitor.PulseAll(_bed);
    }

    /// <summary>Takes parts, unless enough helpers do.</summary>
    private bool TryHelp()
    {
        var isWanted = Interlocked.Increment(ref _helpersAtWork) <= Volatile.Read(ref _helpersWanted);
        if (isWanted) TakeParts();
        Interlocked.Decrement(ref _helpersAtWork);
        return isWanted;
    }
}
