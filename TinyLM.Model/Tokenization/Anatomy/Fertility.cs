namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How many tokens a tokenizer makes of how much text.</summary>
/// <remarks>
/// Tokens per word are the fertility of Rust et al. 2021, "How Good is Your Tokenizer?", https://arxiv.org/abs/2012.15613, with words
/// parted by white space; in scripts that write none between words it says little, and bytes per token are the better measure.
/// </remarks>
/// <param name="Text">How long the text is.</param>
/// <param name="Tokens">Tokens of it.</param>
public readonly record struct Fertility(TextMeasure Text, long Tokens)
{
    /// <summary>Tokens per word; 0 without words.</summary>
    public double TokensPerWord => Ratio(Tokens, Text.Words);

    /// <summary>Bytes per token; 0 without tokens.</summary>
    public double BytesPerToken => Ratio(Text.Bytes, Tokens);

    /// <summary>Characters per token; 0 without tokens.</summary>
    public double CharactersPerToken => Ratio(Text.Characters, Tokens);

    /// <summary>Both together.</summary>
    public static Fertility operator +(Fertility x, Fertility y) => new(x.Text + y.Text, x.Tokens + y.Tokens);

    private static double Ratio(long value, long by) => by == 0 ? 0 : (double)value / by;
}
