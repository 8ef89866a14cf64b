namespace TinyLM.Model.Tokenization;

/// <summary>The pieces of a vocabulary by their characters, so that all that begin at one place of a text are found on one way.</summary>
internal sealed class PieceTrie
{
    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _tokens = [-1];

    /// <summary>The node of no characters.</summary>
    public const int Root = 0;

    /// <summary>Adds a piece; of two with the same text the first stays.</summary>
    public void Add(ReadOnlySpan<char> piece, int token)
    {
        var node = Root;
        foreach (var character in piece)
        {
            if (!_children.TryGetValue(Key(node, character), out var child))
            {
                child = _tokens.Count;
                _children.Add(Key(node, character), child);
                _tokens.Add(-1);
            }
            node = child;
        }
        if (_tokens[node] < 0) _tokens[node] = token;
    }

    /// <summary>The node one character further; negative where no piece goes on so.</summary>
    public int Next(int node, char character) => _children.TryGetValue(Key(node, character), out var child) ? child : -1;

    /// <summary>The piece that ends at a node; negative where none does.</summary>
    public int TokenAt(int node) => _tokens[node];

    private static long Key(int node, char character) => (long)node << 16 | character;
}
