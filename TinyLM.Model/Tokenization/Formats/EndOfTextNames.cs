namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Which special token of a file stands before each document.</summary>
internal static class EndOfTextNames
{
    private static readonly string[] s_names = [TextTokenizer.EndOfText, "<|end_of_text|>", "<|eot_id|>", "</s>", "<eos>", "[EOS]", "<|im_end|>", "<｜end▁of▁sentence｜>"];

    /// <summary>The id of the token; null where there is none and none is to be added.</summary>
    /// <param name="special">The special tokens; receives the one that is added.</param>
    /// <param name="size">The id that a new token gets.</param>
    /// <param name="adds">Whether one is added where there is none.</param>
    public static int? Choose(List<SpecialToken> special, int size, bool adds)
    {
        foreach (var name in s_names)
            if (special.Find(token => token.Text == name) is { } found) return found.Id;
        if (!adds) return null;
        special.Add(new SpecialToken(TextTokenizer.EndOfText, size));
        return size;
    }
}
