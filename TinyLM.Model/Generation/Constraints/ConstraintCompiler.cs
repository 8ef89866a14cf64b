using System.Collections.Concurrent;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>Makes automata of constraints for one vocabulary, and keeps the last ones. Thread-safe.</summary>
/// <param name="tokens">The bytes of each token, by id; none for tokens that no text becomes.</param>
/// <param name="endOfTextId">The token that ends a text.</param>
public sealed class ConstraintCompiler(IReadOnlyList<ReadOnlyMemory<byte>> tokens, int endOfTextId)
{
    private const int MostKept = 64;

    private readonly Lazy<TokenTrie> _trie = new(() => new TokenTrie(tokens));
    private readonly ConcurrentDictionary<TextConstraint, Lazy<TokenAutomaton>> _kept = new();

    /// <summary>The automaton of a constraint.</summary>
    /// <exception cref="ConstraintException">The constraint cannot be followed; the message says what and where.</exception>
    public TokenAutomaton Compile(TextConstraint constraint)
    {
        ArgumentNullException.ThrowIfNull(constraint);
        if (_kept.Count >= MostKept) _kept.Clear();
        try
        {
            return _kept.GetOrAdd(constraint, one => new Lazy<TokenAutomaton>(() => new TokenAutomaton(one.ToPattern(), _trie.Value, tokens, endOfTextId))).Value;
        }
        catch (ConstraintException)
        {
            _kept.TryRemove(constraint, out _);
            throw;
        }
    }
}
