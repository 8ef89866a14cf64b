using System.Text.Json;

namespace TinyLM.Model.Tokenization.Formats;

/// <summary>Makes merges of pairs of texts and checks them.</summary>
/// <param name="ids">The vocabulary.</param>
/// <param name="special">What no merge may take or make.</param>
internal sealed class MergeReader(IReadOnlyDictionary<string, int> ids, IEnumerable<SpecialToken> special)
{
    private readonly HashSet<int> _special = [.. special.Select(token => token.Id)];
    private readonly HashSet<(int, int)> _seen = [];

    /// <summary>The merges so far.</summary>
    public List<TokenMerge> Merges { get; } = [];

    /// <summary>Adds a merge of a JSON file: a text of two tokens with a space between them, or a list of two.</summary>
    public void Add(JsonPart merge)
    {
        string[] parts = merge.Value.ValueKind switch
        {
            JsonValueKind.String => merge.Text().Split(' '),
            JsonValueKind.Array => [.. merge.Items().Select(part => part.Text())],
            _ => throw merge.Error($"expected a pair of tokens, found {merge.Found}"),
        };
        Add(parts, merge.Error);
    }

    /// <summary>Adds a merge.</summary>
    /// <param name="parts">The texts of the two tokens.</param>
    /// <param name="error">Puts the place to a problem.</param>
    public void Add(string[] parts, Func<string, TokenizerFormatException> error)
    {
        if (parts is not [var left, var right]) throw error($"expected a pair of tokens, found {parts.Length}");
        foreach (var token in (string[])[left, right, left + right])
        {
            if (!ids.TryGetValue(token, out var id)) throw error($"the merge of \"{left}\" and \"{right}\" needs the token \"{token}\", which the vocabulary does not hold");
            if (_special.Contains(id)) throw error($"the merge of \"{left}\" and \"{right}\" makes or takes {token}, which is a special token");
        }
        if (!_seen.Add((ids[left], ids[right]))) throw error($"the merge of \"{left}\" and \"{right}\" stands there twice");
        Merges.Add(new TokenMerge(Merges.Count, ids[left], ids[right], ids[left + right]));
    }
}
