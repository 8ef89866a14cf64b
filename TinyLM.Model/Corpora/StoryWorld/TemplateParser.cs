using System.Globalization;

namespace TinyLM.Model.Corpora.StoryWorld;

/// <summary>Reads one template into nodes.</summary>
/// <remarks>
/// <c>[a|3*b]</c> a choice, with weights; <c>(a|b)</c> as often nothing as one of them; <c>&lt;rule&gt;</c> another rule; <c>&lt;spot=rule&gt;</c> its text, kept;
/// <c>{toy=toy:small}</c> draws a member of a list; <c>{toy}</c>, <c>{toy.a}</c> writes a form, <c>{Toy}</c> with a capital;
/// <c>{hero.animal?yes|no}</c> by a tag, <c>{friend?yes|no}</c> by whether it is filled; <c>{!flag}</c> sets a flag;
/// <c>{#wish: text}</c> a note; <c> / </c> a new paragraph.
/// </remarks>
internal sealed class TemplateParser(
    GrammarBuilder builder, string text, string where, (Entity Entity, Dictionary<int, Node> Forms)? self = null)
{
    private int _at;

    private char Peek => _at < text.Length ? text[_at] : '\0';

    /// <summary>Reads the whole template.</summary>
    public Node Parse()
    {
        var node = ParseUntil("");
        return _at == text.Length ? node : throw Wrong("the end of the text");
    }

    /// <summary>Takes the weight off an option: <c>3* text</c>.</summary>
    public static (int Weight, string Text) WeightOf(string option)
    {
        var digits = 0;
        while (digits < option.Length && char.IsAsciiDigit(option[digits])) digits++;
        if (digits == 0 || digits == option.Length || option[digits] != '*') return (1, option);
        return (int.Parse(option.AsSpan(0, digits), CultureInfo.InvariantCulture), option[(digits + 1)..].TrimStart());
    }

    private Node ParseUntil(string ends)
    {
        var parts = new List<Node>();
        var literal = new System.Text.StringBuilder();
        while (_at < text.Length && !ends.Contains(text[_at], StringComparison.Ordinal))
        {
            var letter = text[_at++];
            if (letter is not ('[' or '(' or '<' or '{' or '/'))
            {
                if (letter is ']' or ')' or '>' or '}' or '|') throw Wrong($"no '{letter}' here");
                literal.Append(letter);
                continue;
            }

            if (letter == '/')
            {
                while (literal.Length > 0 && literal[^1] == ' ') literal.Length--;
                while (_at < text.Length && Peek == ' ') _at++;
                literal.Append('\n');
                continue;
            }

            Flush();
            parts.Add(letter switch { '[' => ParseChoice(), '(' => ParseOptional(), '<' => ParseRule(), _ => ParseBrace() });
        }

        Flush();
        return parts.Count == 1 ? parts[0] : parts.Count == 0 ? Literal.Empty : new Sequence([.. parts]);

        void Flush()
        {
            if (literal.Length > 0) parts.Add(new Literal(literal.ToString()));
            literal.Clear();
        }
    }

    private Choice ParseChoice()
    {
        var (options, weights) = ParseOptions(']');
        return new Choice([.. options], new Weights([.. weights]), where);
    }

    private Choice ParseOptional()
    {
        var (options, weights) = ParseOptions(')');
        return new Choice([Literal.Empty, .. options], new Weights([weights.Sum(), .. weights]), where);
    }

    private (List<Node> Options, List<int> Weights) ParseOptions(char end)
    {
        var options = new List<Node>();
        var weights = new List<int>();
        do
        {
            var start = _at;
            while (char.IsAsciiDigit(Peek)) _at++;
            var isWeighted = _at > start && Peek == '*';
            weights.Add(isWeighted ? int.Parse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture) : 1);
            _at = isWeighted ? _at + 1 : start;
            options.Add(ParseUntil("|" + end));
        }
        while (Next($"'|' or '{end}'") == '|');
        return (options, weights);
    }

    private Node ParseRule()
    {
        var name = ParseName();
        if (Peek == '=')
        {
            _at++;
            var rule = builder.RuleNamed(ParseName(), where);
            Expect('>');
            return new Capture(builder.Slot(name), rule);
        }

        Expect('>');
        var isCapital = char.IsAsciiLetterUpper(name[0]);
        Node node = builder.RuleNamed(isCapital ? char.ToLowerInvariant(name[0]) + name[1..] : name, where);
        return isCapital ? new Capital(node) : node;
    }

    private Node ParseBrace()
    {
        if (Peek == '!')
        {
            _at++;
            var flag = ParseName();
            Expect('}');
            return new SetFlag(builder.Slot(flag));
        }

        if (Peek == '#')
        {
            _at++;
            var key = ParseName();
            if (!Enum.TryParse<NoteKey>(key, ignoreCase: true, out var noteKey)) throw Wrong("the name of a fact");
            Expect(':');
            while (Peek == ' ') _at++;
            var note = ParseUntil("}");
            Expect('}');
            return new Note(noteKey, note);
        }

        var path = ParseName();
        if (Peek == '=') return ParseBind(path);
        if (Peek == '?') return ParseCondition(path);
        Expect('}');
        return FormOf(path);
    }

    private Sequence ParseBind(string path)
    {
        _at++;
        var start = _at;
        while (Peek is not ('.' or '}' or '\0')) _at++;
        var filter = text[start.._at];
        var form = Peek == '.' ? ParseName() : "";
        Expect('}');
        var slot = char.ToLowerInvariant(path[0]) + path[1..];
        return new Sequence([new Bind(builder.Slot(slot), builder.PoolOf(filter, where), where), FormOf(path + form)]);
    }

    private Node ParseCondition(string path)
    {
        _at++;
        var yes = ParseUntil("|}");
        Node no = Literal.Empty;
        if (Next("'|' or '}'") == '|')
        {
            no = ParseUntil("}");
            Expect('}');
        }

        var (slot, tag) = SplitPath(path);
        if (slot == "self" && self is not null) return (self.Value.Entity.Tags & builder.Tag(tag)) != 0 ? yes : no;
        return new Condition(builder.Slot(slot), tag.Length == 0 ? 0 : builder.Tag(tag), yes, no);
    }

    private Node FormOf(string path)
    {
        var isCapital = char.IsAsciiLetterUpper(path[0]);
        var (slot, form) = SplitPath(isCapital ? char.ToLowerInvariant(path[0]) + path[1..] : path);
        Node node;
        if (slot == "self" && self is not null)
        {
            if (!self.Value.Forms.TryGetValue(builder.Form(form), out var own)) throw Wrong($"a form '{form}' named before this one");
            node = own;
        }
        else
        {
            node = new Reference(builder.Slot(slot), builder.Form(form), where);
        }

        return isCapital ? new Capital(node) : node;
    }

    private static (string Slot, string Form) SplitPath(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (path, "") : (path[..dot], path[(dot + 1)..]);
    }

    private string ParseName()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || Peek is '.' or '-')) _at++;
        return _at > start ? text[start.._at] : throw Wrong("a name");
    }

    private void Expect(char letter)
    {
        if (Next($"'{letter}'") != letter) throw Wrong($"'{letter}'");
    }

    private char Next(string expected) => _at < text.Length ? text[_at++] : throw Wrong(expected);

    private InvalidDataException Wrong(string expected) => GrammarBuilder.Wrong(where, expected, $"'{text[.._at]}' before '{text[_at..]}'");
}
