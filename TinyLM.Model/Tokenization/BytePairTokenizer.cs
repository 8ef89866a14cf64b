using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using TinyLM.Model.Tokenization.Normalization;
using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Model.Tokenization;

/// <summary>Byte-level BPE: chunks are cut by the split pattern, the same code as in training, and their bytes merged.</summary>
/// <remarks>
/// Sennrich et al. 2016, https://arxiv.org/abs/1508.07909, over bytes as in Radford et al. 2019. Chunks that come again are
/// remembered, since text consists of few different ones.
/// </remarks>
internal sealed class BytePairTokenizer : TextTokenizer
{
    private const int LongestRemembered = 64;
    private const int MostRemembered = 1 << 18;

    private readonly BytePairDefinition _definition;
    private readonly TextSplitter _splitter;
    private readonly MergeTable _merges;
    private readonly int[] _ofByte = new int[256];
    private readonly Dictionary<byte[], int> _ids;
    private readonly Lazy<IReadOnlyList<TokenMerge>> _mergesOfTokens;
    private readonly ConcurrentDictionary<string, int[]> _remembered = new(StringComparer.Ordinal);
    private int _rememberedCount; // the dictionary's own count waits for all of its locks

    public BytePairTokenizer(BytePairDefinition definition)
        : base(TokenizerKind.BytePair, definition.Tokens.Count, definition.SpecialTokens, definition.EndOfTextId)
    {
        _definition = definition;
        _splitter = TextSplitter.Of(definition.Splits);
        _ids = new Dictionary<byte[], int>(definition.Tokens.Count, ByteSequenceComparer.Instance);
        for (var id = 0; id < definition.Tokens.Count; id++)
            if (definition.Tokens[id] is { } bytes) _ids.TryAdd(bytes, id);
        for (var value = 0; value < 256; value++) _ofByte[value] = _ids[[(byte)value]];
        OrderedMerges = definition.Merges ?? BytePairRanks.AllPairs(definition.Tokens, _ids);
        _merges = new MergeTable(OrderedMerges);
        _mergesOfTokens = new(() => definition.Merges ?? BytePairRanks.OfTokens(definition.Tokens, _ofByte, _merges));
    }

    /// <summary>What it is made of.</summary>
    public BytePairDefinition Definition => _definition;

    /// <summary>Every pair that is merged, the first before the second: for tokens ranked by their ids more than one a token.</summary>
    public IReadOnlyList<TokenMerge> OrderedMerges { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TextSplit> Splits => _definition.Splits;

    /// <inheritdoc/>
    public override IReadOnlyList<TokenMerge> Merges => _mergesOfTokens.Value;

    /// <inheritdoc/>
    private protected override ReadOnlyMemory<byte> FindBytes(int id) => (uint)id < (uint)_definition.Tokens.Count ? _definition.Tokens[id] : ReadOnlyMemory<byte>.Empty;

    /// <inheritdoc/>
    private protected override ReadOnlySpan<char> Normalized(ReadOnlySpan<char> text) => _definition.ComposesCharacters ? CanonicalForm.Compose(text) : text;

    /// <inheritdoc/>
    private protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        if (text.IsEmpty) return;
        var ends = new List<int>(text.Length / 4);
        _splitter.Split(text, ends);
        var remembered = _remembered.GetAlternateLookup<ReadOnlySpan<char>>();
        var start = 0;
        foreach (var end in ends)
        {
            var chunk = text[start..end];
            start = end;
            if (chunk.Length > LongestRemembered) AddMerged(chunk, ids);
            else if (remembered.TryGetValue(chunk, out var tokens)) ids.AddRange(tokens);
            else
            {
                var first = ids.Count;
                AddMerged(chunk, ids);
                if (_rememberedCount < MostRemembered && remembered.TryAdd(chunk, [.. ids[first..]])) Interlocked.Increment(ref _rememberedCount);
            }
        }
    }

    private void AddMerged(ReadOnlySpan<char> chunk, List<int> ids)
    {
        const int OnStack = 256;
        var length = Encoding.UTF8.GetByteCount(chunk);
        var longBytes = length <= OnStack ? null : ArrayPool<byte>.Shared.Rent(length);
        var bytes = longBytes is null ? stackalloc byte[length] : longBytes.AsSpan(0, length);
        Encoding.UTF8.GetBytes(chunk, bytes);
        if (_definition.TakesWholeChunks && _ids.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(bytes, out var whole))
        {
            ids.Add(whole);
        }
        else
        {
            var longTokens = length <= OnStack ? null : ArrayPool<int>.Shared.Rent(length);
            var tokens = longTokens is null ? stackalloc int[length] : longTokens.AsSpan(0, length);
            for (var i = 0; i < length; i++) tokens[i] = _ofByte[bytes[i]];
            ids.AddRange(tokens[..PairMerger.Merge(tokens, _merges)]);
            if (longTokens is not null) ArrayPool<int>.Shared.Return(longTokens);
        }
        if (longBytes is not null) ArrayPool<byte>.Shared.Return(longBytes);
    }
}
