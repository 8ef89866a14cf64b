namespace TinyLM.Lab.Runs.Alerts;

/// <summary>What can go wrong with a run while it goes on, the worst first.</summary>
public enum AlertKind
{
    /// <summary>A file of the run is damaged.</summary>
    Damaged,

    /// <summary>A figure is no finite number any more.</summary>
    NotFinite,

    /// <summary>The loss jumped far above its spread.</summary>
    Spike,

    /// <summary>The disk is nearly full.</summary>
    DiskNearlyFull,

    /// <summary>The validation loss rises while the training loss falls.</summary>
    Overfitting,

    /// <summary>The run is much slower than it was.</summary>
    ThroughputCollapse,

    /// <summary>The validation loss no longer falls.</summary>
    Plateau,
}
