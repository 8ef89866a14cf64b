namespace TinyLM.Lab.Components.Circuits;

/// <summary>How many browsers are connected to the lab, and how often pages that follow a run look for what is new because of it.</summary>
public sealed class Audience
{
    /// <summary>Browsers up to which every page looks as often as it likes: a class.</summary>
    private const double Class = 25;

    private int _count;

    /// <summary>Browsers that are connected now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Time between two looks: what viewers of a run cost its training stays about the same beyond a class.</summary>
    /// <param name="alone">The time that few browsers get.</param>
    public TimeSpan Pace(TimeSpan alone) => alone * Math.Max(1, Count / Class);

    internal void Enter() => Interlocked.Increment(ref _count);

    internal void Leave() => Interlocked.Decrement(ref _count);
}
