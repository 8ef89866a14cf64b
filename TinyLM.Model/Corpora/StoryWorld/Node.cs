namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>A piece of the grammar, ready to write itself.</summary>
internal abstract class Node
{
    /// <summary>Writes the piece, with the choices that it holds.</summary>
    public abstract void Write(StoryWriter writer);
}

/// <summary>Fixed text.</summary>
internal sealed class Literal(string text) : Node
{
    public static readonly Literal Empty = new("");

    public string Text { get; } = text;

    public override void Write(StoryWriter writer) => writer.Append(Text);
}

/// <summary>Pieces after each other.</summary>
internal sealed class Sequence(Node[] parts) : Node
{
    public Node[] Parts { get; } = parts;

    public override void Write(StoryWriter writer)
    {
        foreach (var part in Parts) part.Write(writer);
    }
}

/// <summary>One of several pieces, drawn.</summary>
internal sealed class Choice(Node[] options, Weights weights, string where) : Node
{
    public Node[] Options { get; } = options;

    public Weights Weights { get; } = weights;

    /// <summary>File and line, for those who check the grammar.</summary>
    public string Where { get; } = where;

    public override void Write(StoryWriter writer) => Options[writer.Choose(Weights)].Write(writer);
}

/// <summary>A named piece, written in another place of the grammar.</summary>
internal sealed class Rule(string name) : Node
{
    public string Name { get; } = name;

    /// <summary>Set when the whole grammar has been read, since rules may stand in any order.</summary>
    public Node Body { get; set; } = Literal.Empty;

    public override void Write(StoryWriter writer) => Body.Write(writer);
}

/// <summary>Draws a member of a word list for a slot; nobody twice from one list in one story.</summary>
internal sealed class Bind(int slot, Pool pool, string where) : Node
{
    public int Slot { get; } = slot;

    public Pool Pool { get; } = pool;

    public string Where { get; } = where;

    public override void Write(StoryWriter writer) => writer.Bind(Slot, Pool);
}

/// <summary>A form of what a slot holds: its name, its pronoun, where it lies.</summary>
internal sealed class Reference(int slot, int form, string where) : Node
{
    public int Slot { get; } = slot;

    public int Form { get; } = form;

    public string Where { get; } = where;

    public override void Write(StoryWriter writer) => writer.AppendForm(this);
}

/// <summary>Writes a piece and keeps its text in a slot, to say the same again.</summary>
internal sealed class Capture(int slot, Node body) : Node
{
    public int Slot { get; } = slot;

    public Node Body { get; } = body;

    public override void Write(StoryWriter writer)
    {
        var start = writer.Length;
        Body.Write(writer);
        writer.Keep(Slot, start);
    }
}

/// <summary>The piece with its first letter made a capital.</summary>
internal sealed class Capital(Node body) : Node
{
    public Node Body { get; } = body;

    public override void Write(StoryWriter writer)
    {
        var start = writer.Length;
        Body.Write(writer);
        writer.Capitalize(start);
    }
}

/// <summary>One of two pieces, by what the story already holds; not a choice.</summary>
/// <param name="slot">The slot that is asked about.</param>
/// <param name="tag">What must be true of its entity; 0 asks only whether the slot is filled.</param>
/// <param name="yes">Where it is so.</param>
/// <param name="no">Where it is not.</param>
internal sealed class Condition(int slot, ulong tag, Node yes, Node no) : Node
{
    public int Slot { get; } = slot;

    public ulong Tag { get; } = tag;

    public Node Yes { get; } = yes;

    public Node No { get; } = no;

    public override void Write(StoryWriter writer) => (writer.Holds(Slot, Tag) ? Yes : No).Write(writer);
}

/// <summary>Sets a flag that conditions ask about.</summary>
internal sealed class SetFlag(int slot) : Node
{
    public int Slot { get; } = slot;

    public override void Write(StoryWriter writer) => writer.SetFlag(Slot);
}

/// <summary>A fact of the story; leaves no text and makes no choice.</summary>
internal sealed class Note(NoteKey key, Node text) : Node
{
    public NoteKey Key { get; } = key;

    public Node Text { get; } = text;

    public override void Write(StoryWriter writer) => writer.Take(this);
}

/// <summary>What a note is about; the members of <see cref="StoryFacts"/>.</summary>
internal enum NoteKey
{
    Plot,
    Kind,
    With,
    Place,
    Thing,
    Wish,
    Obstacle,
    Outcome,
    Moral,
    Feature,
}
