using TinyLM.Lab.Runs.Alerts;
using TinyLM.Model.Runs;

namespace TinyLM.Lab.Runs;

/// <summary>One run as lists show it: a row of the index, rebuilt from the run folder whenever it is missing or behind.</summary>
public sealed record RunSummary
{
    public required string Id { get; init; }

    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    public required RunStatus Status { get; init; }

    /// <summary>Why it stands so, in words; always there when it failed or is damaged.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it is paused because the disk is full; it goes on by itself.</summary>
    public bool WaitsForSpace { get; init; }

    /// <summary>Whether what the run was asked cannot be read: preset, corpus, size and steps are then not known.</summary>
    public bool IsDamaged { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Preset that the settings started from.</summary>
    public string? Preset { get; init; }

    /// <summary>Id of the corpus.</summary>
    public required string Corpus { get; init; }

    /// <summary>Trainable parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Steps done.</summary>
    public int Step { get; init; }

    /// <summary>Steps asked for.</summary>
    public required int Steps { get; init; }

    /// <summary>Last training loss, nats per token.</summary>
    public double? TrainLoss { get; init; }

    /// <summary>Last validation loss, nats per token.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Entropy of the source in nats per token, where it is known.</summary>
    public double? EntropyFloor { get; init; }

    public double? TokensPerSecond { get; init; }

    /// <summary>Training time still needed at the present speed.</summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>What is being prepared and how far it is, before training begins.</summary>
    public string? Stage { get; init; }

    /// <summary>From 0 to 1, of <see cref="Stage"/>.</summary>
    public double? StageFraction { get; init; }

    /// <summary>Whether a checkpoint exists to sample from and resume from.</summary>
    public bool HasCheckpoint { get; init; }

    /// <summary>The worst that a person should look at; null where nothing is.</summary>
    public AlertKind? Alert { get; init; }

    /// <summary>Seconds of training, absences not counted.</summary>
    public double? WallTime { get; init; }

    /// <summary>Tokens learned from so far.</summary>
    public long Tokens { get; init; }

    /// <summary>The most memory that its worker held, bytes; null where it did not tell.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Floating-point operations of a token, forward and backward, as its worker counts; null where it did not tell.</summary>
    public double? FlopsPerToken { get; init; }

    /// <summary>Bytes of its folder, as of its last checkpoint or change of state.</summary>
    public long DiskBytes { get; init; }

    /// <summary>The runs that it was launched together with; null for none.</summary>
    public GroupSpec? Group { get; init; }

    /// <summary>What a person wrote about it.</summary>
    public string? Notes { get; init; }

    /// <summary>Its tags.</summary>
    public RunTags Tags { get; init; } = RunTags.None;

    /// <summary>Whether it is one of those that matter.</summary>
    public bool IsStarred { get; init; }

    /// <summary>Whether it is put away.</summary>
    public bool IsArchived { get; init; }

    /// <summary>Number of the colour that a person chose for it in comparisons; null: whichever is free.</summary>
    public int? Color { get; init; }
}
