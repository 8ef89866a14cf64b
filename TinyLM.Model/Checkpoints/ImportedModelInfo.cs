using TinyLM.Model.Architectures;

namespace TinyLM.Model.Checkpoints;

/// <summary>Whence an imported model comes: the content of its <c>model.json</c>.</summary>
public sealed record ImportedModelInfo
{
    /// <summary>The id: the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls it; never used as a path.</summary>
    public required string Name { get; init; }

    /// <summary>The form that it was read from.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>Name of the file or folder that it was read from.</summary>
    public required string Source { get; init; }

    /// <summary>When it was imported.</summary>
    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>Trainable parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Its shape.</summary>
    public required ModelConfig Model { get; init; }

    /// <summary>Why it has no tokenizer, in words; null where it has one.</summary>
    public string? TokenizerProblem { get; init; }
}
