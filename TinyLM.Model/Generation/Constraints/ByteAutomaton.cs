namespace TinyLM.Model.Generation.Constraints;

/// <summary>A finite automaton that reads the bytes of UTF-8 and knows at each byte whether the text can still become one of a pattern's.</summary>
/// <remarks>
/// Thompson's construction (1968), and the states of the deterministic automaton made as they are first reached. From every state that
/// it reaches some text of the pattern can be completed. Not safe for several threads at a time.
/// </remarks>
internal sealed class ByteAutomaton
{
    /// <summary>The state from which no text of the pattern can be completed.</summary>
    public const int Dead = -1;

    private const int Unknown = -2;
    private const int MostStates = 100_000;

    private readonly List<List<(byte From, byte To, int Next)>> _edges = [];
    private readonly List<List<int>> _jumps = [];
    private readonly int _accepting;
    private readonly List<int[]> _sets = [];
    private readonly List<int[]> _next = [];
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    /// <param name="pattern">What is to be read.</param>
    /// <exception cref="ConstraintException">The pattern is too large.</exception>
    public ByteAutomaton(Pattern pattern)
    {
        var start = AddState();
        _accepting = Build(pattern, start);
        Start = StateOf([start]);
    }

    /// <summary>Where reading begins.</summary>
    public int Start { get; }

    /// <summary>States that were reached so far.</summary>
    public int StateCount => _sets.Count;

    /// <summary>Whether what was read is a text of the pattern.</summary>
    public bool IsAccepting(int state) => Array.BinarySearch(_sets[state], _accepting) >= 0;

    /// <summary>The state after one more byte.</summary>
    public int Next(int state, byte value)
    {
        ref var next = ref _next[state][value];
        if (next == Unknown)
        {
            var reached = new List<int>();
            foreach (var one in _sets[state])
                foreach (var (from, to, target) in _edges[one])
                    if (from <= value && value <= to) reached.Add(target);
            next = reached.Count == 0 ? Dead : StateOf(reached);
        }

        return next;
    }

    private int StateOf(IEnumerable<int> states)
    {
        var all = new SortedSet<int>();
        var open = new Stack<int>(states);
        while (open.TryPop(out var state))
            if (all.Add(state))
                foreach (var jump in _jumps[state]) open.Push(jump);

        int[] set = [.. all.Where(state => state == _accepting || _edges[state].Count > 0)];
        var key = string.Join(',', set);
        if (_known.TryGetValue(key, out var known)) return known;
        EnsureRoom(_sets.Count);
        _sets.Add(set);
        var next = new int[256];
        Array.Fill(next, Unknown);
        _next.Add(next);
        return _known[key] = _sets.Count - 1;
    }

    /// <summary>Adds the states of a pattern after a state.</summary>
    /// <returns>The state after the pattern.</returns>
    private int Build(Pattern pattern, int from)
    {
        switch (pattern)
        {
            case CharacterPattern character:
                return BuildCharacter(character, from);
            case SequencePattern sequence:
                foreach (var part in sequence.Parts) from = Build(part, from);
                return from;
            case ChoicePattern choice:
                var after = AddState();
                foreach (var part in choice.Parts)
                {
                    var begin = AddState();
                    _jumps[from].Add(begin);
                    _jumps[Build(part, begin)].Add(after);
                }

                return after;
            case RepeatPattern repeat:
                return BuildRepeat(repeat, from);
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "There is no such pattern.");
        }
    }

    private int BuildRepeat(RepeatPattern repeat, int from)
    {
        for (var i = 0; i < repeat.Least; i++) from = Build(repeat.Part, from);
        var after = AddState();
        if (repeat.Most is { } most)
        {
            for (var i = repeat.Least; i < most; i++)
            {
                _jumps[from].Add(after);
                from = Build(repeat.Part, from);
            }

            _jumps[from].Add(after);
            return after;
        }

        var loop = AddState();
        _jumps[from].Add(loop);
        _jumps[Build(repeat.Part, loop)].Add(loop);
        _jumps[loop].Add(after);
        return after;
    }

    private int BuildCharacter(CharacterPattern character, int from)
    {
        var after = AddState();
        foreach (var sequence in character.Ranges.SelectMany(range => Utf8Ranges.Split(range.From, range.To)))
        {
            var state = from;
            for (var i = 0; i < sequence.Length; i++)
            {
                var next = i == sequence.Length - 1 ? after : AddState();
                _edges[state].Add((sequence[i].From, sequence[i].To, next));
                state = next;
            }
        }

        return after;
    }

    private int AddState()
    {
        EnsureRoom(_edges.Count / 2);
        _edges.Add([]);
        _jumps.Add([]);
        return _edges.Count - 1;
    }

    private static void EnsureRoom(int count)
    {
        if (count >= MostStates) throw new ConstraintException("The constraint is too large: it would take more than 100,000 states. Take smaller counts or fewer choices.");
    }
}
