namespace TinyLM.Lab.Components.Charts;

/// <summary>Which of the curves beneath the loss a page shows: each costs the browser a redraw a second.</summary>
public enum MetricSet
{
    /// <summary>How the learning goes.</summary>
    Learning,

    /// <summary>How fast it goes, and what takes the time.</summary>
    Speed,

    /// <summary>What it makes of the machine.</summary>
    Machine,
}
