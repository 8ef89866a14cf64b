using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>The unigram language model: of all ways to cut a text into pieces the likeliest, by Viterbi's algorithm.</summary>
/// <remarks>
/// Kudo 2018, https://arxiv.org/abs/1804.10959. A piece's score is the logarithm of its probability, a cut's the sum over its
/// pieces, in single precision as SentencePiece sums it; of equal cuts the one found first stays, which begins with the shorter piece.
/// </remarks>
internal sealed class UnigramCutter : IPieceCutter
{
    /// <summary>Characters of the longest piece that is read: the time for a text grows with it. SentencePiece's trainer makes 16 unless told otherwise.</summary>
    public const int LongestPiece = 512;

    /// <summary>How much less likely than the least likely piece an unknown character is, as SentencePiece has it.</summary>
    private const float UnknownPenalty = 10;

    /// <summary>What a symbol that a person defined scores, so that it is always taken: SentencePiece's 0.1 below the smallest normal number for each byte.</summary>
    private const double SymbolScore = -0.1;

    private readonly SentencePieceDefinition _definition;
    private readonly PieceTrie _pieces = new();
    private readonly double[] _scores;
    private readonly float _unknown;

    public UnigramCutter(SentencePieceDefinition definition)
    {
        _definition = definition;
        var scores = definition.Scores!;
        _scores = [.. scores.Select(score => (double)score)];
        foreach (var symbol in definition.Symbols) _scores[symbol] = SymbolScore;
        foreach (var (id, piece) in definition.Pieces.Index())
            if (piece is not null) _pieces.Add(piece, id);
        var symbols = definition.Symbols.ToHashSet();
        _unknown = definition.Pieces.Index().Where(piece => piece.Item is not null && !symbols.Contains(piece.Index)).Select(piece => scores[piece.Index]).DefaultIfEmpty().Min() - UnknownPenalty;
    }

    /// <inheritdoc/>
    public int[] Cut(ReadOnlySpan<char> text)
    {
        var best = new Way[text.Length + 1]; // by the place where it ends
        for (var start = 0; start < text.Length;)
        {
            Rune.DecodeFromUtf16(text[start..], out _, out var length);
            var before = best[start].Score;
            var saysCharacter = false;
            var node = PieceTrie.Root;
            for (var end = start; end < text.Length && (node = _pieces.Next(node, text[end])) >= 0;)
            {
                end++;
                if (_pieces.TokenAt(node) is not (>= 0 and var token)) continue;
                Offer(ref best[end], _scores[token] + before, start, token);
                saysCharacter |= end - start == length;
            }
            if (!saysCharacter) Offer(ref best[start + length], _unknown + before, start, Way.Unknown);
            start += length;
        }
        return Tokens(text, best);
    }

    private static void Offer(ref Way way, double score, int start, int token)
    {
        if (way.IsFound && score <= way.Score) return;
        way = new Way((float)score, start, token, IsFound: true);
    }

    private int[] Tokens(ReadOnlySpan<char> text, Way[] best)
    {
        var tokens = new int[Encoding.UTF8.GetByteCount(text)];
        var first = tokens.Length; // from the end, since ways are known by their ends
        Span<int> otherwise = stackalloc int[4];
        for (var end = text.Length; end > 0; end = best[end].Start)
        {
            if (best[end].Token != Way.Unknown)
            {
                tokens[--first] = best[end].Token;
                continue;
            }
            Rune.DecodeFromUtf16(text[best[end].Start..], out var rune, out _);
            var count = _definition.SayOtherwise(rune, otherwise);
            otherwise[..count].CopyTo(tokens.AsSpan(first -= count));
        }
        return tokens[first..];
    }

    /// <summary>The likeliest cut of a text up to a place.</summary>
    /// <param name="Score">The sum of its pieces' scores.</param>
    /// <param name="Start">Where its last piece begins.</param>
    /// <param name="Token">That piece.</param>
    /// <param name="IsFound">Whether there is one yet.</param>
    private readonly record struct Way(float Score, int Start, int Token, bool IsFound)
    {
        public const int Unknown = -1;
    }
}
