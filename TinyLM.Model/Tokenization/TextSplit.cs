using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization;

/// <summary>How text is cut into chunks.</summary>
/// <param name="Pattern">The rule.</param>
/// <param name="Expression">The regular expression of <see cref="SplitPattern.Expression"/>, in .NET's dialect; null for every other rule.</param>
public sealed record TextSplit(SplitPattern Pattern, string? Expression = null)
{
    /// <summary>Every broken rule, worded for the person filling the form; empty when sound.</summary>
    public IReadOnlyList<string> Validate()
    {
        if (Pattern != SplitPattern.Expression) return string.IsNullOrEmpty(Expression) ? [] : [$"A split expression is given, but the split pattern is {Pattern}; choose the pattern 'expression' to use it."];
        return ExpressionSplitter.ProblemOf(Expression) is { } problem ? [problem] : [];
    }

    /// <summary>The chunks of a text, for looking at.</summary>
    /// <exception cref="ArgumentException">The expression is not sound; <see cref="Validate"/> says why.</exception>
    public IReadOnlyList<string> Chunks(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ends = new List<int>();
        TextSplitter.Of(this).Split(text, ends);
        return [.. ends.Select((end, i) => text[(i == 0 ? 0 : ends[i - 1])..end])];
    }
}
