namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>Reads grammar files into a <see cref="Grammar"/>. docs/story-world.md tells the format.</summary>
/// <remarks>
/// A file is made of blocks; a block is a head at the margin and indented lines, and a line indented deeper carries on the one before.
/// <c>list NAME</c>: a member a line, <c>name | tags | form: template | …</c>; a line <c>*</c> gives forms that all members have.
/// <c>choose NAME</c>: an option a line, <c>3* …</c> with a weight. <c>tell NAME</c>: the lines after each other; <c>?</c> before
/// a line makes it optional, <c>/</c> starts a paragraph with it.
/// </remarks>
internal sealed class GrammarBuilder
{
    private readonly List<string> _slots = [];
    private readonly List<string> _forms = [];
    private readonly List<string> _tags = [];
    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ruleUses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entity[]> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Pool> _pools = new(StringComparer.Ordinal);
    private readonly List<Block> _blocks = [];
    private readonly HashSet<(string Head, string Name)> _closed = [];

    /// <summary>Adds a file.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format; the message names file and line.</exception>
    public void Add(string file, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var (line, where) = (lines[i].TrimEnd(), $"{file}({i + 1})");
            if (line.Any(letter => letter is < ' ' or > '~')) throw Wrong(where, "plain ASCII text", "another character");
            var content = line.TrimStart();
            if (content.Length == 0 || content[0] == '#' && content.Length > 1 && content[1] == ' ') continue;

            var indent = line.Length - content.Length;
            if (indent == 0)
            {
                var words = line.Split(' ');
                if (words is not (["list" or "choose" or "tell", _])) throw Wrong(where, "'list', 'choose' or 'tell' and one name", line);
                _blocks.Add(new Block(words[0], words[1], where, [], IsLeftOut: _closed.Contains((words[0], words[1]))));
            }
            else if (_blocks.Count == 0)
            {
                throw Wrong(where, "the head of a block first", line);
            }
            else if (indent > 2 && _blocks[^1].Lines is { Count: > 0 } before)
            {
                before[^1] = before[^1] with { Text = before[^1].Text + " " + content };
            }
            else
            {
                _blocks[^1].Lines.Add(new Line(content, where));
            }
        }
    }

    /// <summary>What was added stands: blocks of the same heads in files that come after are left out.</summary>
    public void CloseBlocks() => _closed.UnionWith(_blocks.Select(block => (block.Head, block.Name)));

    /// <summary>Puts the files together.</summary>
    /// <param name="start">The rule that stories begin with.</param>
    /// <exception cref="InvalidDataException">A block is wrong, or a name is used that nothing defines.</exception>
    public Grammar Build(string start)
    {
        _blocks.RemoveAll(block => block.IsLeftOut);
        foreach (var block in _blocks.Where(block => block.Head == "list")) ReadList(block);
        foreach (var block in _blocks.Where(block => block.Head != "list"))
        {
            var rule = RuleNamed(block.Name, block.Where);
            if (rule.Body != Literal.Empty) throw Wrong(block.Where, "one rule of a name", $"a second '{block.Name}'");
            rule.Body = block.Head == "choose" ? ReadChoice(block) : ReadTelling(block);
        }

        foreach (var (name, where) in _ruleUses)
        {
            if (_rules[name].Body == Literal.Empty) throw Wrong(where, "the name of a rule", $"'{name}'");
        }

        return new Grammar { Start = RuleNamed(start, "start"), Rules = _rules, Slots = [.. _slots], Forms = [.. _forms] };
    }

    /// <summary>The rule of a name, which may be read later.</summary>
    public Rule RuleNamed(string name, string where)
    {
        _ruleUses.TryAdd(name, where);
        if (!_rules.TryGetValue(name, out var rule)) _rules.Add(name, rule = new Rule(name));
        return rule;
    }

    /// <summary>The number of a slot.</summary>
    public int Slot(string name) => NumberOf(_slots, name);

    /// <summary>The number of a form.</summary>
    public int Form(string name) => NumberOf(_forms, name);

    /// <summary>The bit of a tag.</summary>
    public ulong Tag(string name) => NumberOf(_tags, name) is var number and < 64 ? 1UL << number : throw new InvalidDataException("More than 64 tags.");

    /// <summary>The members of a list that a filter keeps: <c>animal</c>, <c>animal:wild:!big</c>.</summary>
    public Pool PoolOf(string filter, string where)
    {
        if (_pools.TryGetValue(filter, out var pool)) return pool;
        var parts = filter.Split(':');
        if (!_lists.TryGetValue(parts[0], out var list)) throw Wrong(where, "the name of a list", $"'{parts[0]}'");
        var members = list.Where(entity => parts.Skip(1).All(tag =>
            tag[0] == '!' ? (entity.Tags & Tag(tag[1..])) == 0 : (entity.Tags & Tag(tag)) != 0)).ToArray();
        if (members.Length == 0) throw Wrong(where, "a filter that keeps a member", $"'{filter}'");
        _pools.Add(filter, pool = new Pool(members));
        return pool;
    }

    /// <summary>An error that says where, what was expected and what was found.</summary>
    public static InvalidDataException Wrong(string where, string expected, string found) => new($"{where}: expected {expected}, found {found}.");

    private static int NumberOf(List<string> names, string name)
    {
        var number = names.IndexOf(name);
        if (number >= 0) return number;
        names.Add(name);
        return names.Count - 1;
    }

    private void ReadList(Block block)
    {
        var entities = new List<Entity>();
        List<string> shared = [];
        foreach (var line in block.Lines)
        {
            string[] cells = [.. line.Text.Split(" |").Select(cell => cell.Trim())];
            if (cells[0] == "*")
            {
                shared = [.. cells.Skip(1)];
                continue;
            }

            var entity = new Entity(cells[0], block.Name);
            var hasTags = cells.Length > 1 && !cells[1].Contains(':', StringComparison.Ordinal);
            if (hasTags) entity.Tags = cells[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(0UL, (tags, tag) => tags | Tag(tag));

            var forms = EnglishForms.Of(entity.Name, tag => (entity.Tags & Tag(tag)) != 0).ToDictionary(form => Form(form.Key), form => (Node)new Literal(form.Value));
            var own = cells.Skip(hasTags ? 2 : 1).ToList();
            var ownNames = own.Select(FormNameOf).ToHashSet();
            forms[Form("")] = new TemplateParser(this, entity.Name, line.Where, (entity, forms)).Parse();
            foreach (var cell in own.Concat(shared.Where(cell => !ownNames.Contains(FormNameOf(cell)))))
            {
                var colon = cell.IndexOf(':', StringComparison.Ordinal);
                if (colon < 1) throw Wrong(line.Where, "'form: template'", $"'{cell}'");
                forms[Form(cell[..colon])] = new TemplateParser(this, cell[(colon + 1)..].Trim(), line.Where, (entity, forms)).Parse();
            }

            entity.Forms = new Node?[forms.Keys.Max() + 1];
            foreach (var (number, node) in forms) entity.Forms[number] = node;
            entities.Add(entity);
        }

        if (!_lists.TryAdd(block.Name, [.. entities])) throw Wrong(block.Where, "one list of a name", $"a second '{block.Name}'");
    }

    private static string FormNameOf(string cell) => cell.Split(':')[0];

    private Choice ReadChoice(Block block)
    {
        var options = new List<Node>();
        var weights = new List<int>();
        foreach (var line in block.Lines)
        {
            var (weight, text) = TemplateParser.WeightOf(line.Text);
            weights.Add(weight);
            options.Add(new TemplateParser(this, text, line.Where).Parse());
        }

        return new Choice([.. options], new Weights([.. weights]), block.Where);
    }

    private Sequence ReadTelling(Block block)
    {
        var parts = new List<Node>();
        var began = false;
        foreach (var line in block.Lines)
        {
            var (text, isOptional) = (line.Text, false);
            if (text[0] == '?') (text, isOptional) = (text[1..].TrimStart(), true);

            var isSilent = text.StartsWith("{#", StringComparison.Ordinal) || text.StartsWith("{!", StringComparison.Ordinal);
            var separator = !began || isSilent ? "" : text[0] == '/' ? "\n" : " ";
            if (text[0] == '/') text = text[1..].TrimStart();
            began |= !isSilent;

            Node part = new Sequence([new Literal(separator), new TemplateParser(this, text, line.Where).Parse()]);
            parts.Add(isOptional ? new Choice([Literal.Empty, part], Weights.Even(2), line.Where) : part);
        }

        return new Sequence([.. parts]);
    }

    private sealed record Block(string Head, string Name, string Where, List<Line> Lines, bool IsLeftOut);

    private sealed record Line(string Text, string Where);
}
