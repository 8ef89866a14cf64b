using System.Collections.Concurrent;
using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>SentencePiece's tokenizers: pieces of characters, spaces among them, merged or by the unigram model; what the vocabulary lacks is said in bytes or unknown.</summary>
/// <remarks>
/// Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226. A text is one chunk. Where characters are merged and no token holds
/// a space behind another character, cutting before such spaces changes nothing, and makes chunks short enough to be remembered.
/// A unigram model's scores are summed over the whole text, as SentencePiece does it: of cuts that are equally likely, as <c>. ..</c>
/// and <c>.. .</c>, rounding chooses, and so what stands before them.
/// </remarks>
internal sealed class SentencePieceTokenizer : TextTokenizer
{
    private const int LongestRemembered = 64;
    private const int MostRemembered = 1 << 18;

    /// <summary>How SentencePiece says a token that is unknown.</summary>
    private static readonly byte[] s_unknown = Encoding.UTF8.GetBytes(" ⁇ ");

    private readonly SentencePieceDefinition _definition;
    private readonly byte[]?[] _bytes;
    private readonly IPieceCutter _cutter;
    private readonly SpecialTokenFinder _symbols;
    private readonly int? _unknown; // null where no text becomes it
    private readonly bool _cutsBeforeSpaces;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private int _rememberedCount;

    public SentencePieceTokenizer(SentencePieceDefinition definition)
        : base(TokenizerKind.SentencePiece, Math.Max(definition.Pieces.Count, definition.SpecialTokens.Max(token => token.Id) + 1), definition.SpecialTokens, definition.EndOfTextId)
    {
        _definition = definition;
        _bytes = new byte[]?[VocabularySize];
        foreach (var (id, piece) in definition.Pieces.Index())
            if (piece is not null) _bytes[id] = Encoding.UTF8.GetBytes(piece);
        if (definition.ByteTokens is null) _unknown = definition.UnknownId ?? throw new ArgumentException("There are neither tokens of bytes nor an unknown one.", nameof(definition));
        else
            for (var value = 0; value < 256; value++) _bytes[definition.ByteTokens[value]] = [(byte)value];
        _cutter = definition.IsUnigram ? new UnigramCutter(definition) : new PieceMerger(definition);
        _symbols = definition.SymbolFinder();
        _cutsBeforeSpaces = !definition.IsUnigram && !definition.Pieces.Any(piece => piece is not null && HasSpaceBehind(piece));
    }

    /// <summary>What it is made of.</summary>
    public SentencePieceDefinition Definition => _definition;

    /// <inheritdoc/>
    public override IReadOnlyList<TokenMerge> Merges => _definition.Merges;

    /// <inheritdoc/>
    private protected override ReadOnlyMemory<byte> FindBytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : ReadOnlyMemory<byte>.Empty;

    /// <inheritdoc/>
    private protected override ReadOnlySpan<char> Normalized(ReadOnlySpan<char> text) => _definition.CharacterMap is { } map ? map.Apply(text, _symbols) : text;

    /// <inheritdoc/>
    private protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        var start = ids.Count;
        CutAll(WithSpaces(text), ids);
        if (_unknown is not { } unknown) return;

        var end = start; // what is unknown in a row is one token
        for (var i = start; i < ids.Count; i++)
            if (ids[i] != unknown || end == start || ids[end - 1] != unknown) ids[end++] = ids[i];
        ids.RemoveRange(end, ids.Count - end);
    }

    private void CutAll(ReadOnlySpan<char> text, List<int> ids)
    {
        var remembered = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!text.IsEmpty)
        {
            var chunk = text[..ChunkLength(text)];
            text = text[chunk.Length..];
            if (chunk.Length > LongestRemembered) ids.AddRange(_cutter.Cut(chunk));
            else if (remembered.TryGetValue(chunk, out var tokens)) ids.AddRange(tokens);
            else
            {
                tokens = _cutter.Cut(chunk);
                ids.AddRange(tokens);
                if (_rememberedCount < MostRemembered && remembered.TryAdd(chunk, tokens)) Interlocked.Increment(ref _rememberedCount);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void EncodePlainSpans(ReadOnlySpan<char> text, List<TokenSpan> spans, int position)
    {
        var withSpaces = WithSpaces(text);
        var ids = new List<int>();
        CutAll(withSpaces, ids);
        var (said, bytes) = (Encoding.UTF8.GetBytes(withSpaces.ToString()), Encoding.UTF8.GetBytes(text.ToString()));
        var (read, at, first) = (0, 0, spans.Count);
        foreach (var id in ids)
        {
            var start = at;
            for (var end = read + LengthAt(said.AsSpan(read), id); read < end; read++)
            {
                if (said[read] == ' ') at += SpaceAt(bytes.AsSpan(at));
                else at++;
            }
            if (id == _unknown && spans.Count > first && spans[^1].Id == id) spans[^1] = spans[^1] with { Length = position + at - spans[^1].Start };
            else spans.Add(new TokenSpan(id, position + start, at - start));
        }
    }

    /// <summary>How many bytes of the text a token stands for.</summary>
    private int LengthAt(ReadOnlySpan<byte> text, int id)
    {
        if (id != _unknown) return _bytes[id]!.Length;
        Rune.DecodeFromUtf8(text, out _, out var length);
        return length;
    }

    /// <summary>How many bytes of the text a space of the normalized one stands for; none for the one that was put before it.</summary>
    private int SpaceAt(ReadOnlySpan<byte> bytes)
    {
        if (_definition.ReadsMarksAsSpaces && bytes.StartsWith("▁"u8)) return "▁"u8.Length;
        var spaces = bytes.IndexOfAnyExcept((byte)' ') is >= 0 and var other ? other : bytes.Length;
        return _definition.DropsSpaces ? spaces : Math.Min(1, spaces);
    }

    /// <summary>The space before a text is not said: of the first token behind nothing or behind a special one.</summary>
    private protected override Func<int, ReadOnlySpan<byte>> CreateJoiner()
    {
        var isFirst = _definition.AddsSpace;
        return id =>
        {
            ReadOnlySpan<byte> bytes = id == _unknown ? s_unknown : TokenBytes(id).Span;
            if (isFirst && bytes.Length > 0 && bytes[0] == ' ') bytes = bytes[1..];
            isFirst = _definition.AddsSpace && id != _unknown && FindSpecial(id) is not null;
            return bytes;
        };
    }

    /// <summary>The text with the spaces that its tokens say: one before it, fewer elsewhere, as the definition has it.</summary>
    private ReadOnlySpan<char> WithSpaces(ReadOnlySpan<char> text)
    {
        if (_definition.DropsSpaces)
        {
            text = text.Trim(' ');
            if (text.Contains("  ", StringComparison.Ordinal)) text = string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        if (_definition.ReadsMarksAsSpaces && text.Contains('▁'))
        {
            text = text.ToString().Replace('▁', ' ');
            if (_definition.DropsSpaces) text = text.TrimEnd(' ');
        }
        return text.IsEmpty || !_definition.AddsSpace ? text : $" {text}";
    }

    private int ChunkLength(ReadOnlySpan<char> text)
    {
        if (!_cutsBeforeSpaces) return text.Length;
        var word = text.IndexOfAnyExcept(' ');
        if (word < 0) return text.Length;
        var end = text[word..].IndexOf(' ');
        return end < 0 ? text.Length : word + end;
    }

    /// <summary>Whether a space stands behind another character of a piece.</summary>
    public static bool HasSpaceBehind(string piece) => piece.AsSpan().TrimStart(' ').Contains(' ');
}
