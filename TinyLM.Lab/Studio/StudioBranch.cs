using TinyLM.Model.Generation;

namespace TinyLM.Lab.Studio;

/// <summary>One text of a tree: a prompt and what was written after it, with where it left its parent. Immutable.</summary>
public sealed record StudioBranch
{
    /// <summary>Its number in the tree.</summary>
    public required int Id { get; init; }

    /// <summary>The branch that it comes from; null for one that a person began.</summary>
    public int? Parent { get; init; }

    /// <summary>Tokens that it has in common with its parent; 0 where its prompt is another.</summary>
    public int Kept { get; init; }

    /// <summary>What a person calls it; null where it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>Who writes it.</summary>
    public required string Model { get; init; }

    /// <summary>What a person wrote.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the model wrote after it.</summary>
    public IReadOnlyList<StudioToken> Tokens { get; init; } = [];

    /// <summary>Numbers of tokens from which it was written on, for undoing: the beginnings of each writing.</summary>
    public IReadOnlyList<int> Marks { get; init; } = [];

    /// <summary>How it was written last.</summary>
    public required SamplingSettings Settings { get; init; }

    /// <summary>Why it ended by itself; null where it can go on.</summary>
    public FinishReason? End { get; init; }

    /// <summary>Prompt and tokens as one text.</summary>
    public string Text => Prompt + string.Concat(Tokens.Select(token => token.Text));

    /// <summary>The mean of −ln p over what was written, in nats a token; null where nothing was.</summary>
    public double? Loss => Tokens.Count == 0 ? null : -Tokens.Average(token => token.LogProbability);
}
