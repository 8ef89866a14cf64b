namespace TinyLM.Model.Runs;

/// <summary>Which text a run learns from.</summary>
public sealed record DataSpec
{
    /// <summary>Id of a corpus in the library; <c>stories</c> is the built-in story world.</summary>
    public string Corpus { get; init; } = "stories";

    /// <summary>Seed of the story world; ignored by other corpora.</summary>
    public ulong StorySeed { get; init; } = 1;

    /// <summary>How much text the story world writes, in bytes; ignored by other corpora.</summary>
    public long StoryBytes { get; init; } = 8_000_000;

    /// <summary>Fraction of the documents that is set apart to measure the validation loss.</summary>
    public double ValidationFraction { get; init; } = 0.05;

    /// <summary>Files of tokens in place of a corpus; null to learn from the corpus.</summary>
    public TokenFiles? Tokens { get; init; }

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Tokens is { } files && (string.IsNullOrWhiteSpace(files.Train) || string.IsNullOrWhiteSpace(files.Validation))) problems.Add("Of token files, both the training's and the validation's must be named.");
        if (string.IsNullOrWhiteSpace(Corpus)) problems.Add("No corpus is chosen.");
        if (StoryBytes is < 100_000 or > 10_000_000_000) problems.Add($"The story world is asked for {StoryBytes} bytes; it must be between 100,000 and 10,000,000,000.");
        if (ValidationFraction is not (> 0 and <= 0.5)) problems.Add($"The validation fraction is {ValidationFraction}; it must be above 0 and at most 0.5.");
        return problems;
    }
}
