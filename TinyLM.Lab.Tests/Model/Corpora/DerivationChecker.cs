using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Lab.Tests.Model.Corpora;

/// <summary>Proves of a grammar that no text has two derivations, or names the choice where two begin.</summary>
/// <remarks>
/// Two derivations of one text part at a first choice, with the same text and the same state before it. So for every choice in
/// every place where the grammar reaches it, and for every two of its options, the checker walks all that can be written from
/// there on by the one and by the other, side by side, as long as both write the same letters. If no walk comes to the end of
/// both stories, no text has two derivations. What the story holds from before the parting is the same on both sides, and unknown: the same
/// reference on both sides writes the same; elsewhere the walk tries all that the slot could hold, and both ways of a condition.
/// That walks through more texts than the grammar has, so the proof is sound, and a grammar that fails it may still be unambiguous.
/// </remarks>
internal sealed partial class DerivationChecker
{
    private const int Budget = 200_000;

    private readonly Grammar _grammar;
    private readonly Dictionary<int, HashSet<Entity>> _entities = [];
    private readonly Dictionary<int, HashSet<Node>> _captures = [];
    private readonly HashSet<Node> _known = [];
    private readonly Dictionary<(Node, int, bool, Rest?), Rest> _rests = [];
    private readonly Dictionary<string, Knowledge> _knowledge = [];
    private readonly Dictionary<State, List<State>> _heads = [];
    private readonly Dictionary<(Node, Node?, bool), List<(int, int)>> _undecided = [];
    private readonly Rest _end = new(new Literal("<end of the options>"), 0, false, null);
    private readonly List<string> _problems = [];

    public DerivationChecker(Grammar grammar)
    {
        _grammar = grammar;
        Gather(grammar.Start);
    }

    /// <summary>Places where a choice stands: the same choice counts once for each way that the grammar comes to it.</summary>
    public int PlaceCount { get; private set; }

    /// <summary>Pairs of options that were walked.</summary>
    public long PairCount { get; private set; }

    /// <summary>What was found; empty when every text has one derivation.</summary>
    public IReadOnlyList<string> Check()
    {
        var nothing = Known([]);
        var seen = new HashSet<Rest>();
        var open = new Stack<Rest>();
        Visit(Before(_grammar.Start, null));
        while (open.TryPop(out var rest))
        {
            var (node, next) = (rest.Node, rest.Node is Bind ? Behind(rest) : rest.Next);
            switch (node)
            {
                case Choice choice:
                    PlaceCount++;
                    foreach (var (i, j) in Undecided((choice, null, rest.IsCapital), choice.Options.Length, i => new(Before(choice.Options[i], _end, rest.IsCapital), nothing)))
                    {
                        Compare(
                            new(Before(choice.Options[i], next, rest.IsCapital), nothing),
                            new(Before(choice.Options[j], next, rest.IsCapital), nothing),
                            $"{choice.Where}: options {i + 1} and {j + 1}");
                    }

                    foreach (var option in choice.Options) Visit(Before(option, next));
                    break;
                case Bind bind:
                    PlaceCount++;
                    var members = bind.Pool.Members;
                    State With(int i, Rest? then) => new(then, Known([new(bind.Slot, members[i])]));
                    var alone = next is null ? _end : Before(next.Node, _end, next.IsCapital);
                    foreach (var (i, j) in Undecided((bind, next?.Node, next?.IsCapital == true), members.Length, i => With(i, alone)))
                    {
                        Compare(With(i, next), With(j, next), $"{bind.Where}: '{members[i].Name}' and '{members[j].Name}'");
                    }

                    Visit(next);
                    break;
                case Reference reference:
                    foreach (var form in FormsOf(reference).Where(form => form is not Literal)) Visit(Before(form, next));
                    Visit(next);
                    break;
                case Condition condition:
                    Visit(Before(condition.Yes, next));
                    Visit(Before(condition.No, next));
                    break;
                default:
                    Visit(Step(rest));
                    break;
            }
        }

        return _problems;

        void Visit(Rest? rest)
        {
            if (rest is not null && seen.Add(rest)) open.Push(rest);
        }
    }

    // The pairs of options that their own texts do not tell apart: these need to be looked at in every place where the choice stands.
    private List<(int, int)> Undecided((Node Node, Node? Then, bool IsCapital) choice, int count, Func<int, State> option)
    {
        if (_undecided.TryGetValue(choice, out var pairs)) return pairs;
        _undecided.Add(choice, pairs = []);
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < j; i++)
            {
                PairCount++;
                if (MeetingOf(option(i), option(j)) is not null) pairs.Add((i, j));
            }
        }

        return pairs;
    }

    private bool IsFixed(Reference reference) => FormsOf(reference).All(form => form is Literal);

    private IEnumerable<Node> FormsOf(Reference reference) =>
        _entities.GetValueOrDefault(reference.Slot, []).Select(entity => entity.Form(reference.Form)).OfType<Node>()
            .Concat(reference.Form == 0 || !_entities.ContainsKey(reference.Slot) ? _captures.GetValueOrDefault(reference.Slot, []) : []);

    private void Gather(Node node)
    {
        if (!_known.Add(node)) return;
        switch (node)
        {
            case Sequence sequence:
                foreach (var part in sequence.Parts) Gather(part);
                break;
            case Choice choice:
                foreach (var option in choice.Options) Gather(option);
                break;
            case Rule rule:
                Gather(rule.Body);
                break;
            case Capital capital:
                Gather(capital.Body);
                break;
            case Capture capture:
                if (!_captures.TryGetValue(capture.Slot, out var bodies)) _captures.Add(capture.Slot, bodies = []);
                bodies.Add(capture.Body);
                Gather(capture.Body);
                break;
            case Condition condition:
                Gather(condition.Yes);
                Gather(condition.No);
                break;
            case Bind bind:
                if (!_entities.TryGetValue(bind.Slot, out var entities)) _entities.Add(bind.Slot, entities = []);
                entities.UnionWith(bind.Pool.Members);
                foreach (var form in bind.Pool.Members.SelectMany(member => member.Forms).OfType<Node>()) Gather(form);
                break;
        }
    }

    private Rest Before(Node node, Rest? next, bool isCapital = false) => Intern(node, 0, isCapital, next);

    private Rest Intern(Node node, int offset, bool isCapital, Rest? next)
    {
        var key = (node, offset, isCapital, next);
        if (!_rests.TryGetValue(key, out var rest)) _rests.Add(key, rest = new Rest(node, offset, isCapital, next));
        return rest;
    }

    private Knowledge Known(Fact[] facts)
    {
        var key = string.Join(';', facts.OrderBy(fact => fact.Slot).Select(fact => $"{fact.Slot}={(fact.Value is Entity entity ? entity.Pool + "/" + entity.Name : "+")}"));
        if (!_knowledge.TryGetValue(key, out var known)) _knowledge.Add(key, known = new Knowledge(facts));
        return known;
    }

    /// <summary>What is still to be written; equal ones are one object.</summary>
    private sealed class Rest(Node node, int offset, bool isCapital, Rest? next)
    {
        public Node Node { get; } = node;

        public int Offset { get; } = offset;

        public bool IsCapital { get; } = isCapital;

        public Rest? Next { get; } = next;
    }

    private readonly record struct Fact(int Slot, object Value);

    /// <summary>What slots were filled with since the two derivations parted; equal ones are one object.</summary>
    private sealed class Knowledge(Fact[] facts)
    {
        public Fact[] Facts { get; } = facts;

        public object? Of(int slot) => Array.Find(Facts, fact => fact.Slot == slot).Value;

        public bool Holds(Entity entity) => Array.Exists(Facts, fact => fact.Value == entity);
    }

    private readonly record struct State(Rest? Rest, Knowledge Known);
}
