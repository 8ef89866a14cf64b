namespace TinyLM.Model.Tokenization;

/// <summary>What a file says of a byte-level BPE tokenizer.</summary>
internal sealed record BytePairDefinition
{
    /// <summary>How text is split before merging, each rule applied to the chunks of the one before.</summary>
    public required IReadOnlyList<TextSplit> Splits { get; init; }

    /// <summary>The bytes of each token, by id; null where the id is a special token's or nothing's. All 256 bytes are tokens.</summary>
    public required IReadOnlyList<byte[]?> Tokens { get; init; }

    /// <summary>The merges in order; null where any two tokens merge whose bytes together are a token, the lowest id first, as in tiktoken.</summary>
    public IReadOnlyList<TokenMerge>? Merges { get; init; }

    /// <summary>Whether a chunk that is a token is not merged but taken: tiktoken, and Hugging Face's <c>ignore_merges</c>.</summary>
    public bool TakesWholeChunks { get; init; }

    /// <summary>Whether text is brought into Unicode's normalization form C before it is cut: Hugging Face's <c>NFC</c>.</summary>
    public bool ComposesCharacters { get; init; }

    /// <summary>The special tokens.</summary>
    public required IReadOnlyList<SpecialToken> SpecialTokens { get; init; }

    /// <summary>The one that stands before each document.</summary>
    public required int EndOfTextId { get; init; }

    /// <summary>A learned vocabulary with its special tokens behind it, the end-of-text token last.</summary>
    public static BytePairDefinition Of(BpeVocabulary vocabulary)
    {
        var bytes = vocabulary.TokenBytes();
        SpecialToken[] special = [.. vocabulary.SpecialTokens.Append(TextTokenizer.EndOfText).Select((text, i) => new SpecialToken(text, bytes.Length + i))];
        return new BytePairDefinition
        {
            Splits = [vocabulary.Split],
            Tokens = [.. bytes, .. new byte[]?[special.Length]],
            Merges = [.. vocabulary.Merges.Select((pair, rank) => new TokenMerge(rank, pair.Left, pair.Right, 256 + rank))],
            SpecialTokens = special,
            EndOfTextId = special[^1].Id,
        };
    }
}
