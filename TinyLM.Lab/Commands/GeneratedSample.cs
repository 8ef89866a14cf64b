using TinyLM.Lab.Models;
using TinyLM.Model.Generation;

namespace TinyLM.Lab.Commands;

/// <summary>A line of <c>generate --json</c>.</summary>
internal sealed record GeneratedSample
{
    /// <summary>What was given.</summary>
    public required string Prompt { get; init; }

    /// <summary>What the model wrote after it.</summary>
    public required string Text { get; init; }

    /// <summary>The same in tokens; the end-of-text token counts, and a stop string's tokens do.</summary>
    public required IReadOnlyList<SampledToken> Tokens { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>How tokens were chosen; with this seed alone the same text comes again.</summary>
    public required SamplingSettings Settings { get; init; }

    /// <summary>Where the text was to end.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Folder of the checkpoint.</summary>
    public required string Checkpoint { get; init; }
}

/// <summary>A token that was written.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">The characters that became whole with it.</param>
/// <param name="LogProbability">Natural logarithm of the probability that the model gave it before penalties, temperature and filters.</param>
/// <param name="Probability">The probability with which it was drawn, after them.</param>
/// <param name="Alternatives">The likeliest tokens at this place, where some were asked for.</param>
internal sealed record SampledToken(int Id, string Text, double LogProbability, double Probability, IReadOnlyList<Alternative>? Alternatives);
