namespace TinyLM.Model.Tokenization;

/// <summary>The merges that tokens ranked by their ids stand for.</summary>
internal static class BytePairRanks
{
    /// <summary>Every pair of tokens whose bytes together are a token, in the order of that token's id, then of the parts' ids.</summary>
    public static List<TokenMerge> AllPairs(IReadOnlyList<byte[]?> tokens, IReadOnlyDictionary<byte[], int> ids)
    {
        var lookup = ((Dictionary<byte[], int>)ids).GetAlternateLookup<ReadOnlySpan<byte>>();
        var merges = new List<TokenMerge>();
        for (var token = 0; token < tokens.Count; token++)
        {
            if (tokens[token] is not { Length: > 1 } bytes) continue;
            var first = merges.Count;
            for (var cut = 1; cut < bytes.Length; cut++)
                if (lookup.TryGetValue(bytes.AsSpan(0, cut), out var left) && lookup.TryGetValue(bytes.AsSpan(cut), out var right))
                    merges.Add(new TokenMerge(token, left, right, token));
            merges.Sort(first, merges.Count - first, s_byParts);
        }
        return merges;
    }

    /// <summary>The merge by which each token comes about from its bytes; tokens that merging never makes have none.</summary>
    public static List<TokenMerge> OfTokens(IReadOnlyList<byte[]?> tokens, IReadOnlyList<int> ofByte, MergeTable table)
    {
        var merges = new List<TokenMerge>();
        var lower = new int[tokens.Max(token => token?.Length ?? 0)];
        for (var token = 0; token < tokens.Count; token++)
        {
            if (tokens[token] is not { Length: > 1 } bytes) continue;
            var parts = lower.AsSpan(0, bytes.Length);
            for (var i = 0; i < bytes.Length; i++) parts[i] = ofByte[bytes[i]];
            if (PairMerger.Merge(parts, table, below: token) == 2 && table.TryFind(parts[0], parts[1], out var made) && made.Token == token)
                merges.Add(new TokenMerge(merges.Count, parts[0], parts[1], token));
        }
        return merges;
    }

    private static readonly Comparer<TokenMerge> s_byParts = Comparer<TokenMerge>.Create((x, y) => (x.Left, x.Right).CompareTo((y.Left, y.Right)));
}
