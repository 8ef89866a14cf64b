using TinyLM.Model.Inspection;

namespace TinyLM.Lab.Inspection;

/// <summary>How each token of a text struck a checkpoint.</summary>
/// <param name="Step">The checkpoint's step; null for an imported model.</param>
/// <param name="Tokens">The tokens, the first of which nobody guesses.</param>
/// <param name="Figures">Of the second token, the third, and so on.</param>
public sealed record TokenLosses(int? Step, IReadOnlyList<PromptToken> Tokens, IReadOnlyList<TokenFigures> Figures)
{
    /// <summary>Mean loss, nats per token.</summary>
    public double Mean => Figures.Average(figures => figures.Loss);
}
