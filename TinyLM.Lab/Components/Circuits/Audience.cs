namespace TinyLM.Lab.Components.Circuits;

/// <summary>How many browsers are connected to the lab, and how often pages that follow a run look for what is new because of it.</summary>
/// <param name="most">Browsers that may be connected at once.</param>
public sealed class Audience(int most = int.MaxValue)
{
    /// <summary>Browsers up to which every page looks as often as it likes: a class.</summary>
    private const double Class = 25;

    private int _count;

    /// <summary>Browsers that are connected now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Time between two looks: what viewers of a run cost its training stays about the same beyond a class.</summary>
    /// <param name="alone">The time that few browsers get.</param>
    public TimeSpan Pace(TimeSpan alone) => alone * Math.Max(1, Count / Class);

    /// <summary>Browsers that may be connected at once.</summary>
    public int Most => most;

    /// <summary>Whether a new browser has to wait.</summary>
    public bool IsFull => Count >= most;

    /// <summary>Lets a new browser in while there is room.</summary>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= most) return true;
        Leave();
        return false;
    }

    /// <summary>Lets a browser in that was here before.</summary>
    internal void Enter() => Interlocked.Increment(ref _count);

    internal void Leave() => Interlocked.Decrement(ref _count);
}
