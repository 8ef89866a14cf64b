using System.Buffers;

namespace TinyLM.Model.Tokenization;

/// <summary>Finds special tokens in text: the first, of those at one place the longest.</summary>
internal sealed class SpecialTokenFinder
{
    private readonly SpecialToken[] _longestFirst;
    private readonly SearchValues<string>? _texts;
    private readonly Dictionary<int, SpecialToken> _byId = [];
    private readonly Dictionary<string, SpecialToken> _byText = new(StringComparer.Ordinal);

    public SpecialTokenFinder(IEnumerable<SpecialToken> tokens)
    {
        _longestFirst = [.. tokens.OrderByDescending(token => token.Text.Length)];
        foreach (var token in _longestFirst) (_byId[token.Id], _byText[token.Text]) = (token, token);
        if (_longestFirst.Length > 0) _texts = SearchValues.Create([.. _byText.Keys], StringComparison.Ordinal);
    }

    /// <summary>The token of an id.</summary>
    public SpecialToken? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>The token of a text.</summary>
    public SpecialToken? Find(string text) => _byText.GetValueOrDefault(text);

    /// <summary>The first token in a text; null where there is none.</summary>
    public SpecialToken? FindFirst(ReadOnlySpan<char> text, out int start)
    {
        start = _texts is null ? -1 : text.IndexOfAny(_texts);
        if (start < 0) return null;
        foreach (var token in _longestFirst)
            if (text[start..].StartsWith(token.Text, StringComparison.Ordinal)) return token;
        throw new InvalidOperationException("A special token that was found is not there."); // IndexOfAny finds nothing else
    }
}
