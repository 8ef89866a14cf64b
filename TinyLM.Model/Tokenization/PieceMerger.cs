using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>SentencePiece's BPE: characters are merged; a symbol that a person defined is one token and merges with nothing.</summary>
internal sealed class PieceMerger(SentencePieceDefinition definition) : IPieceCutter
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids = definition.IdsByText().GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly MergeTable _merges = new(definition.Merges);
    private readonly SpecialTokenFinder _symbols = definition.SymbolFinder();

    /// <inheritdoc/>
    public int[] Cut(ReadOnlySpan<char> text)
    {
        var tokens = new int[Encoding.UTF8.GetByteCount(text)];
        var count = 0;
        while (_symbols.FindFirst(text, out var start) is { } symbol)
        {
            count += Merge(text[..start], tokens.AsSpan(count));
            tokens[count++] = symbol.Id;
            text = text[(start + symbol.Text.Length)..];
        }
        return tokens[..(count + Merge(text, tokens.AsSpan(count)))];
    }

    private int Merge(ReadOnlySpan<char> text, Span<int> tokens)
    {
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (_ids.TryGetValue(text.Slice(at, length), out var id)) tokens[count++] = id;
            else count += definition.SayOtherwise(rune, tokens[count..]);
            at += length;
        }
        return PairMerger.Merge(tokens[..count], _merges);
    }
}
