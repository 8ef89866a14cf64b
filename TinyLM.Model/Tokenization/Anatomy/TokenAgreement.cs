namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>Where several tokenizers cut the same text alike.</summary>
public static class TokenAgreement
{
    /// <summary>For each tokenizer and each of its tokens, whether every other has a token with the same place in the text.</summary>
    /// <param name="texts">The same bytes, cut differently.</param>
    /// <exception cref="ArgumentException">The bytes differ: a tokenizer that changes text cannot be laid beside one that does not.</exception>
    public static IReadOnlyList<bool[]> Of(IReadOnlyList<TokenizedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Any(text => !text.Bytes.Span.SequenceEqual(texts[0].Bytes.Span)))
            throw new ArgumentException("The tokens stand for different texts, so their places cannot be compared.", nameof(texts));

        var shared = new bool[texts.Count][];
        for (var i = 0; i < texts.Count; i++)
        {
            shared[i] = Enumerable.Repeat(true, texts[i].Count).ToArray();
            for (var other = 0; other < texts.Count; other++)
                if (other != i) Clear(shared[i], texts[i], texts[other]);
        }
        return shared;
    }

    /// <summary>Unmarks the tokens that the other text has not.</summary>
    private static void Clear(bool[] shared, TokenizedText text, TokenizedText other)
    {
        var at = 0;
        for (var i = 0; i < text.Count; i++)
        {
            var place = text[i];
            while (at < other.Count && other[at].ByteStart < place.ByteStart) at++;
            if (at == other.Count || other[at].ByteStart != place.ByteStart || other[at].ByteLength != place.ByteLength) shared[i] = false;
        }
    }
}
