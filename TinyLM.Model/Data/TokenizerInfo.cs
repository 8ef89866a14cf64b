using TinyLM.Model.Runs;
using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>Description of a tokenizer, as <c>tokenizer_info.json</c> holds it and as lists show it.</summary>
public sealed record TokenizerInfo
{
    /// <summary>Made by the lab, safe as a file name; of one that a run learned a hash of what it was made from.</summary>
    public required string Id { get; init; }

    /// <summary>What a person calls it; never used as a path.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where it comes from.</summary>
    public TokenizerOrigin Origin { get; init; } = TokenizerOrigin.Run;

    /// <summary>What its tokens are made of.</summary>
    public TokenizerKind Kind { get; init; } = TokenizerKind.BytePair;

    /// <summary>One more than its highest id.</summary>
    public int VocabularySize { get; init; }

    /// <summary>SHA-256 of its <c>tokenizer.json</c>, lower-case hex; empty for a built-in one, whose id says it all.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>When it came into the library; null for what the lab brings with it.</summary>
    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>Id of the corpus that it was learned from.</summary>
    public string? Corpus { get; init; }

    /// <summary>What a run asked.</summary>
    public TokenizerSpec? Spec { get; init; }

    /// <summary>What a person asked who had it learned.</summary>
    public TokenizerTrainingSettings? Training { get; init; }

    /// <summary>One sentence for people.</summary>
    public string Description { get; init; } = "";
}
