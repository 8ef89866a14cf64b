namespace TinyLM.Model.Inspection;

/// <summary>What a model thought of one token of a text, before it saw it.</summary>
/// <param name="Loss">Its surprise, −ln of its probability: the loss at this token, in nats.</param>
/// <param name="Entropy">How unsure the model was of what comes, in nats: the surprise that it expected.</param>
/// <param name="Rank">How many tokens it held more likely.</param>
public readonly record struct TokenFigures(double Loss, double Entropy, int Rank)
{
    /// <summary>The probability that the model gave the token.</summary>
    public double Probability => Math.Exp(-Loss);

    /// <summary>How much more surprised the model was than it expected, in nats; below zero where the token was likelier than most.</summary>
    public double Excess => Loss - Entropy;
}
