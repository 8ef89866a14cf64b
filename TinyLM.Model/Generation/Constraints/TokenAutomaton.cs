namespace TinyLM.Model.Generation.Constraints;

/// <summary>A pattern read token by token: which tokens may follow in each state. Shared by all texts that follow the same constraint; thread-safe.</summary>
/// <remarks>Masks are made as states are first reached, and kept. Willard and Louf 2023, https://arxiv.org/abs/2307.09702.</remarks>
public sealed class TokenAutomaton
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, TokenMask> _masks = [];
    private readonly ByteAutomaton _automaton;
    private readonly TokenTrie _trie;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _tokens;
    private readonly int _endOfTextId;

    internal TokenAutomaton(Pattern pattern, TokenTrie trie, IReadOnlyList<ReadOnlyMemory<byte>> tokens, int endOfTextId)
    {
        (_trie, _tokens, _endOfTextId) = (trie, tokens, endOfTextId);
        _automaton = new ByteAutomaton(pattern);
    }

    /// <summary>A text that follows the constraint from its beginning.</summary>
    /// <param name="written">Tokens that it has already.</param>
    /// <exception cref="ConstraintException">Those tokens do not follow the constraint.</exception>
    public ITokenConstraint Begin(IEnumerable<int> written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var constraint = new AutomatonConstraint(this, _automaton.Start);
        foreach (var id in written) constraint.Accept(id);
        return constraint;
    }

    private TokenMask Allowed(int state)
    {
        lock (_lock)
        {
            if (_masks.TryGetValue(state, out var known)) return known;
            var mask = _trie.Readable(_automaton, state);
            if (_automaton.IsAccepting(state)) mask.Add(_endOfTextId);
            if (mask.Count == 0) throw new ConstraintException("The constraint asks for a character that no token of this model's vocabulary can write.");
            return _masks[state] = mask;
        }
    }

    private int Next(int state, int id)
    {
        lock (_lock)
        {
            foreach (var value in _tokens[id].Span)
                if ((state = _automaton.Next(state, value)) == ByteAutomaton.Dead) break;
            return state != ByteAutomaton.Dead && !_tokens[id].IsEmpty ? state
                : throw new ConstraintException($"The constraint does not allow token {id} at its place.");
        }
    }

    private sealed class AutomatonConstraint(TokenAutomaton automaton, int state) : ITokenConstraint
    {
        private int _state = state;

        public TokenMask Allowed => automaton.Allowed(_state);

        public void Accept(int id) => _state = automaton.Next(_state, id);
    }
}
