namespace TinyLM.Model.Training;

/// <summary>What a run trains on and how it computes: chosen at its start, by measurement where nobody said, and kept when it resumes.</summary>
internal sealed record TrainingPlan
{
    /// <summary><c>cpu</c>, <c>cuda:0</c>, <c>mps</c>.</summary>
    public required string Device { get; init; }

    /// <summary>CPU threads in matrix products.</summary>
    public required int Threads { get; init; }

    /// <summary>Any but <see cref="TrainingPrecision.Auto"/>.</summary>
    public required TrainingPrecision Precision { get; init; }
}
