using TinyLM.Model.Generation;

namespace TinyLM.Lab.Commands;

/// <summary>A line of <c>generate --json</c>.</summary>
internal sealed record GeneratedSample
{
    /// <summary>What was given.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the model wrote after it.</summary>
    public required string Text { get; init; }

    /// <summary>The same in tokens; the end-of-text token counts.</summary>
    public required IReadOnlyList<SampledToken> Tokens { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>How tokens were chosen; with this seed alone the same text comes again.</summary>
    public required SamplingSettings Settings { get; init; }

    /// <summary>Folder of the checkpoint.</summary>
    public required string Checkpoint { get; init; }
}

/// <summary>A token that was written.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">The characters that became whole with it.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave it before temperature and filters.</param>
internal sealed record SampledToken(int Id, string Text, double LogProbability);
