using System.Runtime.InteropServices;
using System.Text;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>How byte-pair encoding learns a vocabulary from a short text, every step of it, forwards and backwards.</summary>
/// <remarks>
/// For each border between two bytes one number is kept: the merge that takes it away. So the text after any number of merges is
/// found in one pass, and a token's id is that of the last merge within it. A step is a number of merges done, from 0.
/// </remarks>
public sealed class BpeTrace
{
    /// <summary>Bytes of the longest text that is traced.</summary>
    public const int MostBytes = 20_000;

    private const int Stays = int.MaxValue;

    private readonly byte[] _bytes;
    private readonly int[] _removedBy; // of the border before each byte: the merge that takes it away, or Stays
    private readonly bool[] _beginsChunk;
    private readonly int[] _tokenCounts; // by step
    private readonly byte[][] _tokens; // by id

    private BpeTrace(string text, BpeVocabulary vocabulary)
    {
        Merges = vocabulary.Merges;
        _tokens = vocabulary.TokenBytes();
        _bytes = Encoding.UTF8.GetBytes(text);
        (_removedBy, _beginsChunk) = (new int[_bytes.Length], new bool[_bytes.Length]);
        Array.Fill(_removedBy, Stays);
        var ranks = Merges.Index().ToDictionary(merge => merge.Item, merge => merge.Index);
        var start = 0;
        foreach (var chunk in Chunks(Encoding.UTF8.GetString(_bytes), vocabulary.Split))
        {
            _beginsChunk[start] = true;
            var length = Encoding.UTF8.GetByteCount(chunk);
            RemoveBorders(start, length, ranks);
            start += length;
        }
        _tokenCounts = new int[Merges.Count + 1];
        _tokenCounts[0] = _bytes.Length;
        foreach (var merge in _removedBy)
            if (merge != Stays) _tokenCounts[merge + 1]--;
        for (var step = 1; step < _tokenCounts.Length; step++) _tokenCounts[step] += _tokenCounts[step - 1];
    }

    /// <summary>Of no text.</summary>
    public static BpeTrace Empty { get; } = new("", new BpeVocabulary(SplitPattern.Gpt2, []));

    /// <summary>The merges, in order; the first makes token 256.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>The text as bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Learns from a text and keeps how.</summary>
    /// <param name="text">The text, <see cref="MostBytes"/> of UTF-8 at most.</param>
    /// <param name="mostMerges">Merges at most; fewer where no pair is left.</param>
    /// <param name="split">How the text is split before.</param>
    /// <param name="tieBreak">Which of equally frequent pairs comes first.</param>
    /// <param name="ct">Checked between merges.</param>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public static BpeTrace Of(string text, int mostMerges, TextSplit split, TieBreak tieBreak, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Encoding.UTF8.GetByteCount(text) is > MostBytes and var length)
            throw new ArgumentException($"The text has {length} bytes; every step can be shown of {MostBytes} at most. Take a shorter one.", nameof(text));
        var options = new BpeTrainingOptions
        {
            VocabularySize = 257 + Math.Max(0, mostMerges),
            SplitPattern = split.Pattern,
            SplitExpression = split.Expression,
            TieBreak = tieBreak,
            MayEndEarly = true,
        };
        return new BpeTrace(text, BpeTrainer.Train([text], options, ct: ct));
    }

    /// <summary>The bytes that a token stands for.</summary>
    public ReadOnlyMemory<byte> TokenBytes(int id) => _tokens[id];

    /// <summary>Number of tokens that the text has after a step.</summary>
    public int TokenCount(int step) => _tokenCounts[step];

    /// <summary>The text after a step.</summary>
    public IReadOnlyList<TraceToken> Tokens(int step)
    {
        var tokens = new List<TraceToken>(TokenCount(step));
        for (int start = 0, end; start < _bytes.Length; start = end)
        {
            var id = (int)_bytes[start];
            for (end = start + 1; end < _bytes.Length && _removedBy[end] < step; end++) id = Math.Max(id, 256 + _removedBy[end]);
            tokens.Add(new TraceToken(id, start, end - start, _beginsChunk[start], end < _bytes.Length && _removedBy[end] == step));
        }
        return tokens;
    }

    /// <summary>The pairs of neighbours after a step, the one that is merged next first, then the most frequent, of equals the one that occurs first.</summary>
    public IReadOnlyList<PairCount> Pairs(int step)
    {
        var counts = new Dictionary<(int Left, int Right), int>();
        var before = -1;
        foreach (var token in Tokens(step))
        {
            if (!token.BeginsChunk) CollectionsMarshal.GetValueRefOrAddDefault(counts, (before, token.Id), out _)++;
            before = token.Id;
        }
        var next = step < Merges.Count ? Merges[step] : (-1, -1);
        return [.. counts.OrderByDescending(pair => pair.Key == next).ThenByDescending(pair => pair.Value).Select(pair => new PairCount(pair.Key.Left, pair.Key.Right, pair.Value))];
    }

    /// <summary>How a token came about.</summary>
    public MergeTree Tree(int id) => id < 256
        ? new MergeTree(id, _tokens[id], null, null, null)
        : new MergeTree(id, _tokens[id], id - 256, Tree(Merges[id - 256].Left), Tree(Merges[id - 256].Right));

    /// <summary>The chunks of a text; what names the end of a text is not learned from, so each of its signs stays alone.</summary>
    private static IEnumerable<string> Chunks(string text, TextSplit split)
    {
        foreach (var (index, part) in text.Split(TextTokenizer.EndOfText).Index())
        {
            if (index > 0)
                foreach (var sign in TextTokenizer.EndOfText) yield return sign.ToString();
            foreach (var chunk in split.Chunks(part)) yield return chunk;
        }
    }

    /// <summary>Merges a chunk by rank, the way a text is encoded, and notes which merge took each border.</summary>
    private void RemoveBorders(int start, int length, Dictionary<(int Left, int Right), int> ranks)
    {
        var ids = _bytes.AsSpan(start, length).ToArray().Select(value => (int)value).ToList();
        var places = Enumerable.Range(start, length).ToList();
        while (true)
        {
            var rank = Stays;
            for (var i = 0; i + 1 < ids.Count; i++) rank = Math.Min(rank, ranks.GetValueOrDefault((ids[i], ids[i + 1]), Stays));
            if (rank == Stays) return;

            var kept = 0;
            for (var i = 0; i < ids.Count; i++, kept++)
            {
                (ids[kept], places[kept]) = (ids[i], places[i]);
                if (i + 1 == ids.Count || (ids[i], ids[i + 1]) != Merges[rank]) continue;
                ids[kept] = 256 + rank;
                _removedBy[places[++i]] = rank;
            }
            ids.RemoveRange(kept, ids.Count - kept);
            places.RemoveRange(kept, places.Count - kept);
        }
    }
}
