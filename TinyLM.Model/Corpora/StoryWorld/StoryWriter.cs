using TinyLM.Model.Numerics;

namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>Writes stories one after the other into one buffer, and keeps what the present story holds.</summary>
internal sealed class StoryWriter(Grammar grammar)
{
    private readonly Slot[] _slots = new Slot[grammar.Slots.Length];
    private readonly List<Note> _notes = [];
    private char[] _buffer = new char[8192];
    private Xoshiro256 _random = new(0);
    private bool _isNoting;

    /// <summary>Characters written; each is one byte, since the grammar is plain ASCII.</summary>
    public int Length { get; private set; }

    /// <summary>Natural logarithm of the probability of all choices since the story began.</summary>
    public double LogProbability { get; private set; }

    /// <summary>The story as it stands; valid until the next one begins.</summary>
    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, Length);

    /// <summary>Writes one story over the last one.</summary>
    public void WriteStory(ulong seed, long index)
    {
        // Each story has its own generator, so that any story can be written without those before it.
        var state = Xoshiro256.SplitMix64(ref seed) + (ulong)index;
        _random = new Xoshiro256(Xoshiro256.SplitMix64(ref state));
        Array.Clear(_slots);
        _notes.Clear();
        (Length, LogProbability) = (0, 0);
        grammar.Start.Write(this);
    }

    /// <summary>Draws one option. Every choice of a story is made here, and here its probability is counted.</summary>
    public int Choose(Weights weights)
    {
        if (_isNoting) throw new InvalidOperationException($"A fact may not choose its words; keep the text that was told in a slot. The story: '{Text}'.");
        var draw = (int)Math.BigMul(_random.Next(), (ulong)weights.Sum, out _);
        var option = weights.OptionAt(draw);
        LogProbability += weights.LogProbabilityOf(option);
        return option;
    }

    /// <summary>Draws a member of a list for a slot, among those that the story does not hold yet.</summary>
    public void Bind(int slot, Pool pool)
    {
        Span<int> taken = stackalloc int[16];
        var count = 0;
        foreach (ref readonly var other in _slots.AsSpan())
        {
            if (other.Entity is null || pool.PositionOf(other.Entity) is var position && position < 0) continue;
            var at = count++;
            for (; at > 0 && taken[at - 1] > position; at--) taken[at] = taken[at - 1];
            taken[at] = position;
        }

        var drawn = Choose(Weights.Even(pool.Members.Length - count));
        foreach (var position in taken[..count])
        {
            if (position <= drawn) drawn++;
        }

        _slots[slot] = new Slot { Filled = true, Entity = pool.Members[drawn] };
    }

    /// <summary>Writes a form of what a slot holds.</summary>
    public void AppendForm(Reference reference)
    {
        ref readonly var slot = ref _slots[reference.Slot];
        if (slot.Entity is not null)
        {
            (slot.Entity.Form(reference.Form) ?? throw Missing(reference)).Write(this);
            return;
        }

        if (slot.Length == 0) throw Missing(reference);
        Append(_buffer.AsSpan(slot.Start, slot.Length));
    }

    /// <summary>Keeps the text from a position on in a slot.</summary>
    public void Keep(int slot, int start) => _slots[slot] = new Slot { Filled = true, Start = start, Length = Length - start };

    /// <summary>Sets a flag.</summary>
    public void SetFlag(int slot) => _slots[slot].Filled = true;

    /// <summary>Whether a slot is filled and, where a tag is asked for, holds one who has it.</summary>
    public bool Holds(int slot, ulong tag) => tag == 0 ? _slots[slot].Filled : _slots[slot].Entity is { } entity && (entity.Tags & tag) != 0;

    /// <summary>Writes text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (Length + text.Length > _buffer.Length) Grow(text.Length);
        text.CopyTo(_buffer.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Makes the letter at a position a capital.</summary>
    public void Capitalize(int position)
    {
        if (position < Length && _buffer[position] is >= 'a' and <= 'z') _buffer[position] -= (char)32;
    }

    /// <summary>Keeps a note of the story.</summary>
    public void Take(Note note) => _notes.Add(note);

    /// <summary>What the notes on one subject say, told with what the story holds at its end.</summary>
    public IEnumerable<string> Notes(NoteKey key)
    {
        foreach (var note in _notes)
        {
            if (note.Key != key) continue;
            var end = Length; // notes are written behind the story, which may be quoted in them
            _isNoting = true;
            note.Text.Write(this);
            _isNoting = false;
            var text = new string(_buffer, end, Length - end);
            Length = end;
            yield return text;
        }
    }

    /// <summary>The name of what a slot holds; null where it is empty.</summary>
    public string? NameIn(int slot) => _slots[slot].Entity?.Name;

    private void Grow(int more) => Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + more));

    private InvalidOperationException Missing(Reference reference) => new(
        $"{reference.Where}: expected '{grammar.Slots[reference.Slot]}' to have the form '{grammar.Forms[reference.Form]}', " +
        $"found {(_slots[reference.Slot].Entity is { } entity ? $"'{entity.Name}' without it" : "nothing in it")} in '{Text}'.");

    private struct Slot
    {
        public bool Filled;
        public Entity? Entity;
        public int Start;
        public int Length;
    }
}
