using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c> of byte-level BPE: rules that cut and lose nothing, then bytes.</summary>
internal static class PreTokenizerReader
{
    private const string Punctuation = @"[\p{P}$+<=>^`|~]"; // Unicode's, and what ASCII counts among it

    /// <summary>The rules.</summary>
    /// <exception cref="TokenizerFormatException">There is one that the lab does not know.</exception>
    public static IReadOnlyList<TextSplit> Read(JsonPart preTokenizer)
    {
        JsonPart[] steps = preTokenizer.Type == "Sequence" ? [.. preTokenizer.Member("pretokenizers").Items()] : [preTokenizer];
        if (steps is not [.. var before, { Type: "ByteLevel" } bytes])
            throw preTokenizer.Error($"found {preTokenizer.Found}{(steps.Length > 0 && preTokenizer.Type == "Sequence" ? $" that ends with {steps[^1].Found}" : "")}; the lab knows byte-level BPE, whose last step is \"ByteLevel\"");

        var splits = before.Select(ReadStep).ToList();
        if (bytes["add_prefix_space"].Flag(otherwise: true)) throw bytes["add_prefix_space"].Error("found \"ByteLevel\" with a prefix space, which the text does not hold; the lab reads it without");
        if (bytes["use_regex"].Flag(otherwise: true)) splits.Add(new TextSplit(SplitPattern.Gpt2));
        return splits.Count > 0 ? splits : [new TextSplit(SplitPattern.None)];
    }

    private static TextSplit ReadStep(JsonPart step) => step.Type switch
    {
        "Split" => ReadSplit(step),
        "Digits" => step["individual_digits"].Flag(otherwise: false) ? new TextSplit(SplitPattern.Digits) : new TextSplit(SplitPattern.Expression, @"\p{N}+"),
        "Punctuation" when step["behavior"].IsNull || step["behavior"].Text() == "Isolated" => new TextSplit(SplitPattern.Expression, Punctuation),
        _ => throw step.Error($"found {step.Found}{(step["behavior"].IsNull ? "" : $" with behavior {step["behavior"].Found}")}; the lab knows Split, Digits and Punctuation before ByteLevel, which lose nothing of the text"),
    };

    private static TextSplit ReadSplit(JsonPart split)
    {
        var expression = split.Member("pattern")["Regex"] is { IsNull: false } regex ? regex.Text() : System.Text.RegularExpressions.Regex.Escape(split["pattern"].Member("String").Text());
        var (behavior, invert) = (split.Member("behavior").Text(), split["invert"].Flag(otherwise: false));
        if (SplitExpressions.Find(expression) is { } known && (behavior, invert) is ("Isolated", false) or ("Removed", true)) return new TextSplit(known); // it matches all of a text
        if ((behavior, invert) is not ("Isolated", false)) throw split["behavior"].Error($"found {behavior}{(invert ? ", inverted" : "")}; the lab knows Isolated");
        if (ExpressionDialects.DifferenceOf(expression) is { } difference) throw split["pattern"].Error($"the expression {expression} holds {difference}, which the lab's expressions read otherwise");
        return ExpressionSplitter.ProblemOf(expression) is { } problem ? throw split["pattern"].Error($"{problem.TrimEnd('.')} (the expression is {expression})") : new TextSplit(SplitPattern.Expression, expression);
    }
}
