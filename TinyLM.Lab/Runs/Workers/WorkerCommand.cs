namespace TinyLM.Lab.Runs.Workers;

/// <summary>What can be asked of a worker: a line of its pipe, in lower case.</summary>
internal enum WorkerCommand
{
    /// <summary>Answer.</summary>
    Ping,

    /// <summary>Wait after the present step.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Write a checkpoint after the present step.</summary>
    Save,

    /// <summary>End the run with a checkpoint: a person's word.</summary>
    Stop,

    /// <summary>End the run without a checkpoint: a person's word.</summary>
    Discard,

    /// <summary>Leave with a checkpoint; the lab carries on at its next start.</summary>
    Interrupt,
}
