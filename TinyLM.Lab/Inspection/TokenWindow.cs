namespace TinyLM.Lab.Inspection;

/// <summary>Some consecutive tokens of a prompt: as many as a page draws at once.</summary>
/// <param name="Start">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct TokenWindow(int Start, int Count)
{
    /// <summary>Tokens that a page draws at once.</summary>
    public const int Most = 128;

    /// <summary>The window that begins at a token, or as near to it as the prompt allows.</summary>
    /// <param name="start">The first token that is asked for.</param>
    /// <param name="tokenCount">Tokens of the prompt.</param>
    /// <param name="most">Tokens at most.</param>
    public static TokenWindow At(int start, int tokenCount, int most = Most)
    {
        var count = Math.Min(most, tokenCount);
        return new TokenWindow(Math.Clamp(start, 0, tokenCount - count), count);
    }
}
