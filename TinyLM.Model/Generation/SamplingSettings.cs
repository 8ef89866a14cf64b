namespace TinyLM.Model.Generation;

/// <summary>How the next token is chosen.</summary>
public sealed record SamplingSettings
{
    /// <summary>Divides the logits before the softmax; 0 always takes the likeliest token.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Keeps only the likeliest so many tokens; null keeps all. Fan et al. 2018.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that together reach this probability; null keeps all. Holtzman et al. 2019.</summary>
    public double? TopP { get; init; }

    /// <summary>Most tokens to write.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Seed of the random choices: the same seed, settings and prompt give the same text.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Temperature is not (>= 0 and <= 10)) problems.Add($"Temperature is {Temperature}; it must be between 0 and 10.");
        if (TopK is < 1) problems.Add($"Top-k is {TopK}; it must be at least 1, or left out.");
        if (TopP is { } topP && topP is not (> 0 and <= 1)) problems.Add($"Top-p is {topP}; it must be above 0 and at most 1, or left out.");
        if (MaxTokens is < 1 or > 1_000_000) problems.Add($"The length is {MaxTokens} tokens; it must be between 1 and 1,000,000.");
        return problems;
    }
}
