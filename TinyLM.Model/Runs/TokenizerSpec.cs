using TinyLM.Model.Tokenization;

namespace TinyLM.Model.Runs;

/// <summary>The tokenizer of a run: one of the library, or one that is learned from the run's corpus before anything else (kept and reused when the same is asked for again).</summary>
public sealed record TokenizerSpec
{
    /// <summary>The tokenizer of the library to use; null to learn one.</summary>
    public string? Id { get; init; }

    /// <summary>SHA-256 of its <c>tokenizer.json</c>, lower-case hex: a run that finds another file stops. Null for a built-in one.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Tokens in the vocabulary: 256 bytes, the merges, and the end-of-text token; with <see cref="Id"/> what that tokenizer has.</summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>How much of the corpus the merges are learned from, in bytes from its start.</summary>
    public long TrainingBytes { get; init; } = 4_000_000;

    private const int LargestOfLibrary = 262_144;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Id is not null)
        {
            if (Id.Length is 0 or > 100 || Id.Any(unit => !char.IsAsciiLetterOrDigit(unit) && unit is not ('-' or '_'))) problems.Add($"'{Id}' is no id of a tokenizer; it has letters, digits, '-' and '_'.");
            if (VocabularySize is < 257 or > LargestOfLibrary) problems.Add($"The tokenizer '{Id}' has {VocabularySize} tokens; a model can have 257 to {LargestOfLibrary}.");
            return problems;
        }
        if (VocabularySize is < 257 or > 65_536) problems.Add($"Vocabulary size is {VocabularySize}; it must be between 257 (256 bytes and the end-of-text token) and 65,536.");
        if (SplitPattern is SplitPattern.Expression or SplitPattern.Digits)
            problems.Add($"The split pattern of a run cannot be '{SplitPattern}'; have a tokenizer learned with it, and let the run use that one.");
        if (TrainingBytes < 1_000) problems.Add($"The tokenizer is to learn from {TrainingBytes} bytes; it needs at least 1,000.");
        return problems;
    }
}
