using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Runs;

/// <summary>The tokenizer that a run trains on its corpus before anything else (kept and reused when the same is asked for again).</summary>
public sealed record TokenizerSpec
{
    /// <summary>Tokens in the vocabulary: 256 bytes, the merges, and the end-of-text token.</summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>How much of the corpus the merges are learned from, in bytes from its start.</summary>
    public long TrainingBytes { get; init; } = 4_000_000;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (VocabularySize is < 257 or > 65_536) problems.Add($"Vocabulary size is {VocabularySize}; it must be between 257 (256 bytes and the end-of-text token) and 65,536.");
        if (SplitPattern is SplitPattern.Expression or SplitPattern.Digits)
            problems.Add($"The split pattern of a run cannot be '{SplitPattern}'; have a tokenizer learned with it, and let the run use that one.");
        if (TrainingBytes < 1_000) problems.Add($"The tokenizer is to learn from {TrainingBytes} bytes; it needs at least 1,000.");
        return problems;
    }
}
