namespace TinyLM.Model.Tokenization;

/// <summary>A learned vocabulary: ids 0 to 255 are bytes, then come the merges in the order in which they were found.</summary>
/// <param name="Split">How text is split before merging.</param>
/// <param name="Merges">Pairs of ids; the first makes token 256.</param>
public sealed record BpeVocabulary(TextSplit Split, IReadOnlyList<(int Left, int Right)> Merges)
{
    /// <summary>A vocabulary of a known pattern.</summary>
    public BpeVocabulary(SplitPattern pattern, IReadOnlyList<(int Left, int Right)> merges) : this(new TextSplit(pattern), merges) { }

    /// <summary>Special tokens that take the ids behind the merges, the end-of-text token, which is always there and last, not among them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>The bytes that each token stands for, by id; special tokens not among them.</summary>
    public byte[][] TokenBytes()
    {
        var tokens = new byte[256 + Merges.Count][];
        for (var value = 0; value < 256; value++) tokens[value] = [(byte)value];
        for (var merge = 0; merge < Merges.Count; merge++) tokens[256 + merge] = [.. tokens[Merges[merge].Left], .. tokens[Merges[merge].Right]];
        return tokens;
    }
}
