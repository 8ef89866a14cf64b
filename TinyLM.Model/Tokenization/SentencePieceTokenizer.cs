using System.Collections.Concurrent;
using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>SentencePiece's BPE: characters are merged, spaces among them, and what the vocabulary lacks is said in bytes.</summary>
/// <remarks>
/// Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226. A text is one chunk; where no token holds a space behind another
/// character, cutting before such spaces changes nothing, and makes chunks short enough to be remembered.
/// </remarks>
internal sealed class SentencePieceTokenizer : TextTokenizer
{
    private const int LongestRemembered = 64;
    private const int MostRemembered = 1 << 18;

    private readonly SentencePieceDefinition _definition;
    private readonly byte[]?[] _bytes;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly MergeTable _merges;
    private readonly bool _cutsBeforeSpaces;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private int _rememberedCount;

    public SentencePieceTokenizer(SentencePieceDefinition definition)
        : base(TokenizerKind.SentencePiece, Math.Max(definition.Pieces.Count, definition.SpecialTokens.Max(token => token.Id) + 1), definition.SpecialTokens, definition.EndOfTextId)
    {
        _definition = definition;
        _bytes = new byte[]?[VocabularySize];
        for (var id = 0; id < definition.Pieces.Count; id++)
        {
            if (definition.Pieces[id] is not { } piece) continue;
            _bytes[id] = Encoding.UTF8.GetBytes(piece);
            _ids.TryAdd(piece, id);
        }
        for (var value = 0; value < 256; value++) _bytes[definition.ByteTokens[value]] = [(byte)value];
        _merges = new MergeTable(definition.Merges);
        _cutsBeforeSpaces = !definition.Pieces.Any(piece => piece is not null && HasSpaceBehind(piece));
    }

    /// <summary>What it is made of.</summary>
    public SentencePieceDefinition Definition => _definition;

    /// <inheritdoc/>
    public override IReadOnlyList<TokenMerge> Merges => _definition.Merges;

    /// <inheritdoc/>
    private protected override ReadOnlyMemory<byte> FindBytes(int id) => (uint)id < (uint)_bytes.Length ? _bytes[id] : ReadOnlyMemory<byte>.Empty;

    /// <inheritdoc/>
    private protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        var normalized = Normalize(text);
        var remembered = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!normalized.IsEmpty)
        {
            var chunk = normalized[..ChunkLength(normalized)];
            normalized = normalized[chunk.Length..];
            if (chunk.Length > LongestRemembered) ids.AddRange(Merge(chunk));
            else if (remembered.TryGetValue(chunk, out var tokens)) ids.AddRange(tokens);
            else
            {
                tokens = Merge(chunk);
                ids.AddRange(tokens);
                if (_rememberedCount < MostRemembered && remembered.TryAdd(chunk, tokens)) Interlocked.Increment(ref _rememberedCount);
            }
        }
    }

    /// <inheritdoc/>
    private protected override void EncodePlainSpans(ReadOnlySpan<char> text, List<TokenSpan> spans, int position)
    {
        var ids = new List<int>();
        EncodePlain(text, ids);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var at = 0;
        foreach (var id in ids)
        {
            var start = at;
            foreach (var value in _bytes[id]!)
            {
                if (value == ' ') at += SpaceAt(bytes.AsSpan(at));
                else at++;
            }
            spans.Add(new TokenSpan(id, position + start, at - start));
        }
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
            var bytes = TokenBytes(id).Span;
            if (isFirst && bytes.Length > 0 && bytes[0] == ' ') bytes = bytes[1..];
            isFirst = _definition.AddsSpace && FindSpecial(id) is not null;
            return bytes;
        };
    }

    private ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text)
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

    private int[] Merge(ReadOnlySpan<char> chunk)
    {
        var symbols = new int[Encoding.UTF8.GetByteCount(chunk)];
        var count = 0;
        var lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<byte> bytes = stackalloc byte[4];
        for (var at = 0; at < chunk.Length;)
        {
            Rune.DecodeFromUtf16(chunk[at..], out var rune, out var length);
            if (lookup.TryGetValue(chunk.Slice(at, length), out var id)) symbols[count++] = id;
            else
                foreach (var value in bytes[..rune.EncodeToUtf8(bytes)]) symbols[count++] = _definition.ByteTokens[value];
            at += length;
        }
        return symbols[..PairMerger.Merge(symbols.AsSpan(0, count), _merges)];
    }

    private static bool HasSpaceBehind(string piece) => piece.AsSpan().TrimStart(' ').Contains(' ');
}
