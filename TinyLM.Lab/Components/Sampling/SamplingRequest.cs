using TinyLM.Model.Generation;

namespace TinyLM.Lab.Components.Sampling;

/// <summary>What a model is asked to write.</summary>
public sealed record SamplingRequest
{
    /// <summary>What it continues; empty starts a new document.</summary>
    public string Prompt { get; init; } = "Once upon a time";

    /// <summary>The checkpoint's step; null for the newest.</summary>
    public int? Step { get; init; }

    /// <summary>Temperature, length, seed and the like.</summary>
    public SamplingSettings Settings { get; init; } = new();

    /// <summary>Whether each start draws a seed of its own.</summary>
    public bool NewSeedEachTime { get; init; } = true;
}
