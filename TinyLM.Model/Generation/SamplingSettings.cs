namespace TinyLM.Model.Generation;

/// <summary>How the next token is chosen. With the defaults for everything but temperature, the model's own distribution is drawn from.</summary>
public sealed record SamplingSettings
{
    /// <summary>Divides the logits before the softmax; 0 always takes the likeliest token.</summary>
    public double Temperature { get; init; } = 0.8;

    /// <summary>Keeps only the likeliest so many tokens; null keeps all. Fan et al. 2018, https://arxiv.org/abs/1805.04833.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that together reach this probability; null keeps all. Holtzman et al. 2019, https://arxiv.org/abs/1904.09751.</summary>
    public double? TopP { get; init; }

    /// <summary>Keeps tokens at least so many times as likely as the likeliest; null keeps all. Nguyen et al. 2024, https://arxiv.org/abs/2407.01082.</summary>
    public double? MinP { get; init; }

    /// <summary>
    /// Keeps the tokens whose surprise is nearest to the distribution's entropy and that together reach this probability; null
    /// keeps all. Meister et al. 2022, https://arxiv.org/abs/2202.00666.
    /// </summary>
    public double? TypicalP { get; init; }

    /// <summary>
    /// Positive logits of tokens that the prompt or the text already has are divided by it, negative ones multiplied; 1 changes
    /// nothing. Keskar et al. 2019, https://arxiv.org/abs/1909.05858.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken off a token's logit for each time that it was written; the prompt does not count. As in OpenAI's API.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken off a token's logit once it was written; the prompt does not count. As in OpenAI's API.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>In which order temperature and filters act; constraint and penalties always come first.</summary>
    public SamplingOrder Order { get; init; }

    /// <summary>Most tokens to write.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>What happens where the text would become longer than the model's context.</summary>
    public ContextPolicy Context { get; init; }

    /// <summary>Seed of the random choices: the same seed, settings and prompt give the same text.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (Temperature is not (>= 0 and <= 10)) problems.Add($"Temperature is {Temperature}; it must be between 0 and 10.");
        if (TopK is < 1) problems.Add($"Top-k is {TopK}; it must be at least 1, or left out.");
        if (TopP is { } topP && topP is not (> 0 and <= 1)) problems.Add($"Top-p is {topP}; it must be above 0 and at most 1, or left out.");
        if (MinP is { } minP && minP is not (>= 0 and <= 1)) problems.Add($"Min-p is {minP}; it must be between 0 and 1, or left out.");
        if (TypicalP is { } typicalP && typicalP is not (> 0 and <= 1)) problems.Add($"Typical-p is {typicalP}; it must be above 0 and at most 1, or left out.");
        if (RepetitionPenalty is not (> 0 and <= 10)) problems.Add($"The repetition penalty is {RepetitionPenalty}; it must be above 0 and at most 10; 1 changes nothing.");
        if (FrequencyPenalty is not (>= -10 and <= 10)) problems.Add($"The frequency penalty is {FrequencyPenalty}; it must be between -10 and 10.");
        if (PresencePenalty is not (>= -10 and <= 10)) problems.Add($"The presence penalty is {PresencePenalty}; it must be between -10 and 10.");
        if (MaxTokens is < 1 or > 1_000_000) problems.Add($"The length is {MaxTokens} tokens; it must be between 1 and 1,000,000.");
        if (!Enum.IsDefined(Order)) problems.Add($"There is no order {Order} of temperature and filters.");
        if (!Enum.IsDefined(Context)) problems.Add($"There is no way {Context} to go beyond the context.");
        return problems;
    }
}
