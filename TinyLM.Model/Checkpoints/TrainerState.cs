using TinyLM.Model.Training;

namespace TinyLM.Model.Checkpoints;

/// <summary>What resuming needs besides weights and moments: the content of <c>trainer_state.json</c>.</summary>
internal sealed record TrainerState
{
    /// <summary>Version of this format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of this format in the file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Optimizer steps done.</summary>
    public required int Step { get; init; }

    /// <summary>Tokens learned from.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seconds of training.</summary>
    public required double WallTime { get; init; }

    /// <summary>Bytes of <c>events.jsonl</c> when the checkpoint was made; what came after is taken back.</summary>
    public required long EventsPosition { get; init; }

    /// <summary>Where the batch sampler stands, in its own words.</summary>
    public required string Sampler { get; init; }

    /// <summary>Lowest validation loss so far, and measurements since; null before the first.</summary>
    public ValidationRecord? Validation { get; init; }

    /// <summary>Step of the newest samples, so that those of a step are written once also where the worker had to leave in their midst; null before the first.</summary>
    public int? SampledStep { get; init; }

    /// <summary>Device, threads and precision: others would give other bits.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>SHA-256 of the run's <c>run.json</c>, lower-case hex.</summary>
    public required string SpecSha256 { get; init; }

    /// <summary>SHA-256 of the training shard, lower-case hex.</summary>
    public required string TrainSha256 { get; init; }

    /// <summary>SHA-256 of the tokenizer file, lower-case hex.</summary>
    public required string TokenizerSha256 { get; init; }
}
