using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>Tells what a run would cost before it starts.</summary>
public interface IRunEstimator
{
    /// <summary>Estimates by formula, and time by this machine's measured speed; null times where nothing was measured yet.</summary>
    RunEstimate Estimate(RunSpec spec);
}

/// <summary>What a run would cost.</summary>
public sealed record RunEstimate
{
    /// <summary>Trainable parameters, tied head counted once.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Tokens learned from over the whole run.</summary>
    public required long TotalTokens { get; init; }

    /// <summary>Bytes that training holds at its height: on a processor the worker's whole process, on a card what lies there.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Floating-point operations of the whole run, 6N + 6LCT a token as llm.c counts.</summary>
    public required double TotalFlops { get; init; }

    /// <summary>Expected time of training on the chosen device.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Where <see cref="Time"/> comes from, in words: "from 3 earlier runs", "from a matrix product measured on this device".</summary>
    public string? TimeSource { get; init; }
}
