using System.Text;
using TinyLM.Model.Tokenization.Normalization;

namespace TinyLM.Model.Tokenization;

/// <summary>What a file says of a SentencePiece tokenizer.</summary>
internal sealed record SentencePieceDefinition
{
    /// <summary>The text of each token, by id, a space for the file's ▁; null for a token of a byte and for those that stand for no text.</summary>
    public required IReadOnlyList<string?> Pieces { get; init; }

    /// <summary>The tokens of the 256 bytes, for characters that are no pieces; null where such characters become <see cref="UnknownId"/>.</summary>
    public required IReadOnlyList<int>? ByteTokens { get; init; }

    /// <summary>The token of what the vocabulary cannot say; needed where there are no <see cref="ByteTokens"/>.</summary>
    public int? UnknownId { get; init; }

    /// <summary>Whether text is cut by the unigram language model, so that <see cref="Scores"/> are log probabilities; else characters are merged.</summary>
    public bool IsUnigram { get; init; }

    /// <summary>The merges, the first to be merged first; none of a unigram model.</summary>
    public IReadOnlyList<TokenMerge> Merges { get; init; } = [];

    /// <summary>Pieces that a person defined: each is one token wherever it stands.</summary>
    public IReadOnlyList<int> Symbols { get; init; } = [];

    /// <summary>What is replaced in a text before anything else; null where nothing is.</summary>
    public CharacterMap? CharacterMap { get; init; }

    /// <summary>Whether a space is put before a text, so that its first word is like any other.</summary>
    public required bool AddsSpace { get; init; }

    /// <summary>Whether spaces at the ends of a text are dropped and several within it made one.</summary>
    public bool DropsSpaces { get; init; }

    /// <summary>Whether a ▁ in a text is a space, as in SentencePiece itself; llama2.c says it in bytes.</summary>
    public bool ReadsMarksAsSpaces { get; init; }

    /// <summary>Tokens that stand for no text.</summary>
    public required IReadOnlyList<SpecialToken> SpecialTokens { get; init; }

    /// <summary>The one that stands before each document: llama2.c's beginning of a sequence.</summary>
    public required int EndOfTextId { get; init; }

    /// <summary>The score of each token, as files write it; null where the file had merges instead.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>The pieces by their text; of two with the same the first.</summary>
    public Dictionary<string, int> IdsByText()
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, text) in Pieces.Index())
            if (text is not null) ids.TryAdd(text, id);
        return ids;
    }

    /// <summary>Finds the <see cref="Symbols"/> in a text.</summary>
    public SpecialTokenFinder SymbolFinder() => new(Symbols.Select(id => new SpecialToken(Pieces[id]!, id)));

    /// <summary>Whether the rules for characters would change a symbol, were it not one.</summary>
    public bool IsReplaced(int symbol) => CharacterMap is { } map && !map.Apply(Pieces[symbol], new SpecialTokenFinder([])).SequenceEqual(Pieces[symbol]);

    /// <summary>A character that is no piece, in tokens: its bytes, or the unknown one.</summary>
    /// <returns>How many tokens: 1 to 4.</returns>
    public int SayOtherwise(Rune character, Span<int> tokens)
    {
        if (ByteTokens is null)
        {
            tokens[0] = UnknownId!.Value;
            return 1;
        }
        Span<byte> bytes = stackalloc byte[4];
        var count = character.EncodeToUtf8(bytes);
        for (var i = 0; i < count; i++) tokens[i] = ByteTokens[bytes[i]];
        return count;
    }

    /// <summary>The merges that scores mean: every two pieces that make a third, the highest score first, of equals the lowest id.</summary>
    public static IReadOnlyList<TokenMerge> MergesOf(IReadOnlyList<string?> pieces, IReadOnlyList<float> scores)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < pieces.Count; id++)
            if (pieces[id] is { } piece) ids.TryAdd(piece, id);
        var lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<TokenMerge>();
        foreach (var (rank, token) in ids.Values.OrderByDescending(id => scores[id]).ThenBy(id => id).Index())
        {
            var piece = pieces[token]!;
            for (var cut = 1; cut < piece.Length; cut++)
                if (lookup.TryGetValue(piece.AsSpan(0, cut), out var left) && lookup.TryGetValue(piece.AsSpan(cut), out var right))
                    merges.Add(new TokenMerge(rank, left, right, token));
        }
        return merges;
    }
}
