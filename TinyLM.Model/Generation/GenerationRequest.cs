namespace TinyLM.Model.Generation;

/// <summary>What is to be written, in tokens.</summary>
public sealed record GenerationRequest
{
    /// <summary>
    /// What is continued. Documents are trained with the end-of-text token before them: a prompt that begins a document begins
    /// with it, and an empty prompt stands for it alone.
    /// </summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>The token that ends a text; null where none does, and then the prompt is not empty.</summary>
    public required int? EndOfTextId { get; init; }

    /// <summary>
    /// Tokens that were written after the prompt before, to go on from: with equal settings the text becomes the one that would
    /// have come without a stop. They count for <see cref="SamplingSettings.MaxTokens"/>.
    /// </summary>
    public IReadOnlyList<int> Written { get; init; } = [];

    /// <summary>How to choose.</summary>
    public SamplingSettings Settings { get; init; } = new();

    /// <summary>What may be written; null for everything. It has accepted <see cref="Written"/>.</summary>
    public ITokenConstraint? Constraint { get; init; }

    /// <summary>How many of the likeliest tokens to tell of at each place.</summary>
    public int Alternatives { get; init; }
}
