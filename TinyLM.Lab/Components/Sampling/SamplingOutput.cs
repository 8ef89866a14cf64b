using TinyLM.Lab.Models;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Sampling;

/// <summary>What a model has written so far.</summary>
public sealed record SamplingOutput
{
    /// <summary>Nothing was asked yet.</summary>
    public static SamplingOutput None { get; } = new();

    /// <summary>What was asked; null when nothing was.</summary>
    public SamplingRequest? Request { get; init; }

    /// <summary>What was written, token by token.</summary>
    public IReadOnlyList<GeneratedPiece> Pieces { get; init; } = [];

    /// <summary>Whether it is still writing.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it was ended early.</summary>
    public bool WasStopped { get; init; }

    /// <summary>Why the text ended by itself.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Why nothing more came, in words.</summary>
    public string? Problem { get; init; }

    /// <summary>Seconds from the start to now or to the end, loading the model counted.</summary>
    public double Seconds { get; init; }
}
