namespace TinyLM.Model.Generation;

/// <summary>A token that a model wrote.</summary>
public sealed record GeneratedToken
{
    /// <summary>The token.</summary>
    public required int Id { get; init; }

    /// <summary>Natural logarithm of the probability that the model gave it, before penalties, temperature and filters.</summary>
    public required double LogProbability { get; init; }

    /// <summary>The probability with which it was drawn, after all of them.</summary>
    public required double Probability { get; init; }

    /// <summary>The likeliest tokens at this place, the likeliest for the model first; as many as were asked for.</summary>
    public IReadOnlyList<TokenAlternative> Alternatives { get; init; } = [];

    /// <summary>Null until the last token; then why the text ends with it.</summary>
    public FinishReason? FinishReason { get; init; }
}
