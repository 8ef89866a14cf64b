namespace TinyLM.Model.Generation.Constraints;

/// <summary>The tokens of a vocabulary by their bytes, so that those with the same beginning are looked at together. Immutable.</summary>
internal sealed class TokenTrie
{
    private readonly List<SortedList<byte, int>> _children = [[]];
    private readonly List<List<int>> _tokens = [[]];

    /// <param name="tokens">The bytes of each token, by id; a token without bytes is left out.</param>
    public TokenTrie(IReadOnlyList<ReadOnlyMemory<byte>> tokens)
    {
        TokenCount = tokens.Count;
        foreach (var (id, bytes) in tokens.Index())
        {
            if (bytes.IsEmpty) continue;
            var node = 0;
            foreach (var value in bytes.Span)
            {
                if (!_children[node].TryGetValue(value, out var child))
                {
                    _children[node][value] = child = _children.Count;
                    _children.Add([]);
                    _tokens.Add([]);
                }

                node = child;
            }

            _tokens[node].Add(id);
        }
    }

    /// <summary>Number of tokens, those without bytes among them.</summary>
    public int TokenCount { get; }

    /// <summary>The tokens whose bytes an automaton can read from a state on.</summary>
    public TokenMask Readable(ByteAutomaton automaton, int state)
    {
        var mask = new TokenMask(TokenCount);
        Visit(0, state);
        return mask;

        void Visit(int node, int at)
        {
            foreach (var id in _tokens[node]) mask.Add(id);
            foreach (var (value, child) in _children[node])
                if (automaton.Next(at, value) is >= 0 and var next) Visit(child, next);
        }
    }
}
