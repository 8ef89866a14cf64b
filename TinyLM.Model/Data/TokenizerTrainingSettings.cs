using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Data;

/// <summary>What a person asks of a tokenizer that is learned from a corpus.</summary>
public sealed record TokenizerTrainingSettings
{
    /// <summary>Id of the corpus in the library.</summary>
    public string Corpus { get; init; } = "stories";

    /// <summary>How much of the corpus it learns from, in bytes from its start; null for all of it.</summary>
    public long? TrainingBytes { get; init; }

    /// <summary>Tokens in the vocabulary at most: 256 bytes, the merges, the special tokens, and the end-of-text token.</summary>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>The regular expression of <see cref="SplitPattern.Expression"/>.</summary>
    public string? SplitExpression { get; init; }

    /// <summary>Special tokens besides <see cref="TextTokenizer.EndOfText"/>.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>How often a pair must occur to be merged; merging ends early where none is so frequent.</summary>
    public long MinimumFrequency { get; init; } = 2;

    /// <summary>Which of equally frequent pairs comes first.</summary>
    public TieBreak TieBreak { get; init; } = TieBreak.LowestIds;

    /// <summary>The same for the trainer.</summary>
    public BpeTrainingOptions ToOptions() => new()
    {
        VocabularySize = VocabularySize,
        SplitPattern = SplitPattern,
        SplitExpression = SplitPattern == SplitPattern.Expression ? SplitExpression : null,
        SpecialTokens = SpecialTokens,
        MinimumFrequency = MinimumFrequency,
        TieBreak = TieBreak,
        MayEndEarly = true,
    };

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(Corpus)) problems.Add("No corpus is chosen.");
        if (TrainingBytes < 1_000) problems.Add($"The tokenizer is to learn from {TrainingBytes} bytes; it needs at least 1,000.");
        if (VocabularySize > 1_000_000) problems.Add($"Vocabulary size is {VocabularySize}; it may be 1,000,000.");
        problems.AddRange(ToOptions().Validate());
        return problems;
    }
}
