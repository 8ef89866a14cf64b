namespace TinyLM.Model.Scaling;

/// <summary>What follows from a <see cref="ScalingQuestion"/>: a point, or why there is none.</summary>
public sealed record ScalingAnswer
{
    /// <summary>Parameters and tokens; null where <see cref="Problem"/> says why there are none.</summary>
    public ScalingPoint? Point { get; init; }

    /// <summary>A second answer: a compute reaches a loss with a small model trained long, which comes first, and with a large one trained briefly.</summary>
    public ScalingPoint? Other { get; init; }

    /// <summary>Why there is no answer, in words.</summary>
    public string? Problem { get; init; }
}
