namespace TinyLM.Model.Tokenization.Formats;

/// <summary>What every vocabulary of bytes must hold.</summary>
internal static class ByteLevelVocabulary
{
    /// <summary>Checks that each byte has a token.</summary>
    /// <param name="texts">The tokens in byte-level writing.</param>
    /// <param name="error">Puts the place to a problem.</param>
    public static void CheckAlphabet(IEnumerable<string> texts, Func<string, TokenizerFormatException> error)
    {
        var single = texts.Where(text => text.Length == 1).ToHashSet(StringComparer.Ordinal);
        var missing = Enumerable.Range(0, 256).Select(value => ByteLevel.Character((byte)value).ToString()).Where(text => !single.Contains(text)).ToList();
        if (missing.Count > 0)
            throw error($"there is no token for {missing.Count} of the 256 bytes, the first of them \"{missing[0]}\", so that not every text has tokens; train with the whole byte alphabet (initial_alphabet)");
    }
}
