namespace TinyLM.Model.Tokenization;

/// <summary>How a vocabulary is learned.</summary>
public sealed record BpeTrainingOptions
{
    /// <summary>Tokens in the vocabulary: 256 bytes, the merges, the special tokens, and the end-of-text token.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>How text is split before merging.</summary>
    public SplitPattern SplitPattern { get; init; } = SplitPattern.Gpt2;

    /// <summary>The regular expression of <see cref="SplitPattern.Expression"/>.</summary>
    public string? SplitExpression { get; init; }

    /// <summary>Which of equally frequent pairs comes first.</summary>
    public TieBreak TieBreak { get; init; } = TieBreak.LowestIds;

    /// <summary>How often a pair must occur to be merged.</summary>
    public long MinimumFrequency { get; init; } = 1;

    /// <summary>Whether a text with too few frequent pairs gives a smaller vocabulary; else that is an error.</summary>
    public bool MayEndEarly { get; init; }

    /// <summary>Special tokens besides <see cref="TextTokenizer.EndOfText"/>; where they stand in a text, it is cut and nothing learned of them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Tokens that are there before any merge.</summary>
    internal int FixedTokens => 256 + SpecialTokens.Count + 1;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (VocabularySize < FixedTokens)
            problems.Add($"A vocabulary of {VocabularySize} tokens cannot hold 256 bytes and {SpecialTokens.Count + 1} special tokens, the end-of-text token among them; ask for at least {FixedTokens}.");
        if (MinimumFrequency < 1) problems.Add($"The minimum frequency is {MinimumFrequency}; it must be at least 1.");
        problems.AddRange(new TextSplit(SplitPattern, SplitExpression).Validate());
        foreach (var token in SpecialTokens)
        {
            if (token.Length is < 3 or > 64 || !(token[0] == '<' && token[^1] == '>' || token[0] == '[' && token[^1] == ']') || token.Any(unit => char.IsWhiteSpace(unit) || char.IsControl(unit) || char.IsSurrogate(unit)))
                problems.Add($"The special token '{token}' should look like <|user|> or [USER]: 3 to 64 characters in brackets, without white space.");
            if (token == TextTokenizer.EndOfText) problems.Add($"{TextTokenizer.EndOfText} is always there; leave it out of the special tokens.");
        }
        foreach (var twice in SpecialTokens.GroupBy(token => token).Where(group => group.Count() > 1)) problems.Add($"The special token '{twice.Key}' is given twice.");
        return problems;
    }
}
