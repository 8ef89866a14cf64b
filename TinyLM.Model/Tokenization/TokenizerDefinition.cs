namespace TinyLM.Model.Tokenization;

/// <summary>What a tokenizer file says.</summary>
internal sealed record TokenizerDefinition
{
    /// <summary>How text is split before merging.</summary>
    public required SplitPattern SplitPattern { get; init; }

    /// <summary>The bytes of each token, by id; empty for the end-of-text token.</summary>
    public required IReadOnlyList<byte[]> Tokens { get; init; }

    /// <summary>Pairs of ids, the first to be merged first.</summary>
    public required IReadOnlyList<(int Left, int Right)> Merges { get; init; }

    /// <summary>The token that stands before each document.</summary>
    public required int EndOfTextId { get; init; }

    /// <summary>The ids that text can become: all but the end-of-text token, in order.</summary>
    public IEnumerable<int> Ids => Enumerable.Range(0, Tokens.Count).Where(id => id != EndOfTextId);

    /// <summary>A learned vocabulary with the end-of-text token behind it.</summary>
    public static TokenizerDefinition Of(BpeVocabulary vocabulary)
    {
        byte[][] tokens = [.. vocabulary.TokenBytes(), []];
        return new TokenizerDefinition { SplitPattern = vocabulary.SplitPattern, Tokens = tokens, Merges = vocabulary.Merges, EndOfTextId = tokens.Length - 1 };
    }
}
