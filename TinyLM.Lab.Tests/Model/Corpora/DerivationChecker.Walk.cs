using TinyLM.Model.Corpora.StoryWorld;

namespace TinyLM.Lab.Tests.Model.Corpora;

// Two derivations side by side, as long as both write the same letters.
internal sealed partial class DerivationChecker
{
    private void Compare(State first, State second, string name)
    {
        PairCount++;
        if (_problems.Count < 40 && MeetingOf(first, second) is { } text) _problems.Add($"{name}: {text}");
    }

    // Walks both sides by side; tells how they come to their ends with the same text, or null where they never do.
    private string? MeetingOf(State first, State second)
    {
        if (!Heads(first).Any(one => Heads(second).Any(other => MayAgree(one, other)))) return null; // as nearly all: their first letters differ

        var seen = new HashSet<(State, State)>();
        var open = new Stack<(State, State, string)>();
        Push(first, second, "");
        while (open.TryPop(out var pair))
        {
            var (a, b, text) = pair;
            if (seen.Count > Budget) return $"too many texts in common to decide, as '{text}'";
            if (a.Rest == _end || b.Rest == _end || a == b || (a.Rest is null && b.Rest is null)) return $"both write '{text}'";
            if (a.Rest is null || b.Rest is null) continue;

            switch (a.Rest.Node, b.Rest.Node)
            {
                case (Reference one, Reference other) when one.Slot == other.Slot && one.Form == other.Form && a.Rest.IsCapital == b.Rest.IsCapital && IsFixed(one):
                    Push(a with { Rest = a.Rest.Next }, b with { Rest = b.Rest.Next }, text + "{" + _grammar.Slots[one.Slot] + "}");
                    break;
                case (Literal one, Literal other):
                    var length = Math.Min(one.Text.Length - a.Rest.Offset, other.Text.Length - b.Rest.Offset);
                    if (!SameText(a.Rest, b.Rest, length)) break;
                    Push(Advance(a, length), Advance(b, length), string.Concat(text, one.Text.AsSpan(a.Rest.Offset, length)));
                    break;
                case (Reference one, _):
                    foreach (var form in FormsOf(one)) Push(a with { Rest = Before(form, a.Rest.Next, a.Rest.IsCapital) }, b, text);
                    break;
                case (_, Reference other):
                    foreach (var form in FormsOf(other)) Push(a, b with { Rest = Before(form, b.Rest.Next, b.Rest.IsCapital) }, text);
                    break;
            }
        }

        return null;

        void Push(State a, State b, string text)
        {
            foreach (var one in Heads(a))
            {
                foreach (var other in Heads(b))
                {
                    if (MayAgree(one, other) && seen.Add((one, other))) open.Push((one, other, text));
                }
            }
        }
    }

    // Goes through all that writes nothing, to the places where a letter or a thing from before the parting is written.
    private List<State> Heads(State from)
    {
        if (_heads.TryGetValue(from, out var heads)) return heads;
        _heads.Add(from, heads = []);
        var open = new Stack<State>();
        open.Push(from);
        while (open.TryPop(out var state))
        {
            if (state.Rest is not { } rest)
            {
                heads.Add(state);
                continue;
            }

            var known = state.Known;
            switch (rest.Node)
            {
                case Literal literal when literal.Text.Length > 0:
                    heads.Add(state);
                    break;
                case Choice choice:
                    foreach (var option in choice.Options) open.Push(state with { Rest = Before(option, rest.Next, rest.IsCapital) });
                    break;
                case Bind bind:
                    foreach (var member in bind.Pool.Members)
                    {
                        if (!known.Holds(member)) open.Push(new(Behind(rest), Known([.. known.Facts.Where(fact => fact.Slot != bind.Slot), new(bind.Slot, member)])));
                    }

                    break;
                case Reference reference when known.Of(reference.Slot) is Entity entity:
                    if (entity.Form(reference.Form) is { } form) open.Push(state with { Rest = Before(form, rest.Next, rest.IsCapital) });
                    break;
                case Reference reference when known.Of(reference.Slot) is not null:
                    foreach (var body in FormsOf(reference)) open.Push(state with { Rest = Before(body, rest.Next, rest.IsCapital) });
                    break;
                case Reference:
                    heads.Add(state);
                    break;
                case Condition condition:
                    var answer = known.Of(condition.Slot) switch
                    {
                        null => (bool?)null,
                        Entity entity => condition.Tag == 0 || (entity.Tags & condition.Tag) != 0,
                        _ => condition.Tag == 0,
                    };
                    if (answer != false) open.Push(state with { Rest = Before(condition.Yes, rest.Next, rest.IsCapital) });
                    if (answer != true) open.Push(state with { Rest = Before(condition.No, rest.Next, rest.IsCapital) });
                    break;
                case SetFlag flag:
                    open.Push(new(Behind(rest), Known([.. known.Facts.Where(fact => fact.Slot != flag.Slot), new(flag.Slot, flag)])));
                    break;
                case Capture capture:
                    // The slot counts as filled from here on, though its text is still to come: nothing asks for it in between.
                    open.Push(new(Step(rest), Known([.. known.Facts.Where(fact => fact.Slot != capture.Slot), new(capture.Slot, capture)])));
                    break;
                default:
                    open.Push(state with { Rest = Step(rest) });
                    break;
            }
        }

        return heads;
    }

    // One step into a node that holds no choice.
    private Rest? Step(Rest rest)
    {
        switch (rest.Node)
        {
            case Sequence sequence:
                var next = rest.Next;
                for (var i = sequence.Parts.Length - 1; i >= 0; i--) next = Before(sequence.Parts[i], next, rest.IsCapital && i == 0);
                return next;
            case Rule rule:
                return Before(rule.Body, rest.Next, rest.IsCapital);
            case Capital capital:
                return Before(capital.Body, rest.Next, true);
            case Capture capture:
                return Before(capture.Body, rest.Next, rest.IsCapital);
            default:
                return Behind(rest); // notes, flags, empty text
        }
    }

    // What follows on a node that writes nothing: a capital that was due there is due on the next letter.
    private Rest? Behind(Rest rest) =>
        rest is { IsCapital: true, Next: { } next, Node: not Literal { Text.Length: > 0 } } && next != _end ? Intern(next.Node, next.Offset, true, next.Next) : rest.Next;

    private State Advance(State state, int length)
    {
        var rest = state.Rest!;
        var offset = rest.Offset + length;
        return state with { Rest = offset == ((Literal)rest.Node).Text.Length ? rest.Next : Intern(rest.Node, offset, false, rest.Next) };
    }

    private bool MayAgree(State a, State b) =>
        a.Rest?.Node is not Literal || b.Rest?.Node is not Literal || a.Rest == _end || b.Rest == _end || SameText(a.Rest, b.Rest, 1);

    private static bool SameText(Rest a, Rest b, int length)
    {
        var one = ((Literal)a.Node).Text.AsSpan(a.Offset, length);
        var other = ((Literal)b.Node).Text.AsSpan(b.Offset, length);
        return First(a, one[0]) == First(b, other[0]) && one[1..].SequenceEqual(other[1..]);

        static char First(Rest rest, char letter) => rest.IsCapital ? char.ToUpperInvariant(letter) : letter;
    }
}
