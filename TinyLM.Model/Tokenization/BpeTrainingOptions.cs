namespace TinyLM.Model.Tokenization;

/// <summary>How a vocabulary is learned.</summary>
public sealed record BpeTrainingOptions
{
    /// <summary>Tokens in the vocabulary: 256 bytes, the merges, and the end-of-text token.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>Which of equally frequent pairs comes first.</summary>
    public TieBreak TieBreak { get; init; } = TieBreak.LowestIds;
}
