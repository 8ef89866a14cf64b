using TinyLM.Model.Runs;

namespace TinyLM.Model.Data;

/// <summary>Where a tokenizer of the library comes from: the content of <c>tokenizer_info.json</c>.</summary>
public sealed record TokenizerInfo
{
    /// <summary>Hash of what it was made from.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the corpus that it was learned from.</summary>
    public required string Corpus { get; init; }

    /// <summary>What was asked.</summary>
    public required TokenizerSpec Spec { get; init; }
}
