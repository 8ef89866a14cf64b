namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>The merge trees of all tokens of a tokenizer.</summary>
/// <remarks>Immutable and safe for any number of threads. Where only ranks are known, as in tiktoken's files, the tokenizer has found the pair that each token is merged from.</remarks>
public sealed class MergeForest
{
    private readonly TextTokenizer _tokenizer;
    private readonly Dictionary<int, TokenMerge> _merges;

    /// <summary>Finds how each token comes about; takes up to a second for vocabularies that tell only ranks.</summary>
    public MergeForest(TextTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _merges = [];
        foreach (var merge in tokenizer.Merges) _merges.TryAdd(merge.Token, merge); // of several ways to make a token the first one
    }

    /// <summary>How a token came about.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public MergeTree Tree(int id) => _merges.TryGetValue(id, out var merge)
        ? new MergeTree(id, _tokenizer.TokenBytes(id), merge.Rank, Tree(merge.Left), Tree(merge.Right))
        : new MergeTree(id, _tokenizer.TokenBytes(id), null, null, null);
}
