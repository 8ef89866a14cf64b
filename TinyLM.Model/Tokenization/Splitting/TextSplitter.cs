namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>Cuts text into chunks. Immutable and safe for any number of threads.</summary>
/// <remarks>
/// The known patterns are scanners, one look at each character: no expression that could backtrack. .NET's regular expressions
/// see UTF-16 units, so that <c>\p{L}</c> and <c>\p{N}</c> match no character beyond the Basic Multilingual Plane, and training
/// on such text would differ from every other implementation; all splitters see code points.
/// </remarks>
internal abstract class TextSplitter
{
    /// <summary>Appends where each chunk of a text ends, the last at its end; chunks of well-formed text are well-formed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ends">Receives them.</param>
    /// <param name="offset">Is added to each.</param>
    public abstract void Split(ReadOnlySpan<char> text, List<int> ends, int offset = 0);

    /// <summary>The first place, from one on, where a text can be cut in two whose chunks are those of the whole; its end where none is known.</summary>
    public virtual int NextCut(ReadOnlySpan<char> text, int start) => text.Length;

    /// <summary>The splitter of a rule.</summary>
    /// <exception cref="ArgumentException">The rule's own expression is not sound.</exception>
    public static TextSplitter Of(TextSplit split) => split.Pattern switch
    {
        SplitPattern.Gpt2 => new Gpt2Splitter(),
        SplitPattern.Gpt4 => new Gpt4Splitter(mostDigits: 3, keepsLastSpaces: false),
        SplitPattern.Cl100k => new Gpt4Splitter(mostDigits: 3, keepsLastSpaces: true),
        SplitPattern.Qwen2 => new Gpt4Splitter(mostDigits: 1, keepsLastSpaces: false),
        SplitPattern.O200k => new O200kSplitter(),
        SplitPattern.Digits => new DigitSplitter(),
        SplitPattern.Characters => new CharacterSplitter(),
        SplitPattern.None => new WholeSplitter(),
        SplitPattern.Expression => new ExpressionSplitter(split.Expression ?? ""),
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "There is no such split pattern."),
    };

    /// <summary>The splitter of several rules, each applied to the chunks of the one before.</summary>
    /// <exception cref="ArgumentException">A rule's own expression is not sound.</exception>
    public static TextSplitter Of(IReadOnlyList<TextSplit> splits) => splits.Select(Of).Aggregate((first, second) => new ChainSplitter(first, second));
}
