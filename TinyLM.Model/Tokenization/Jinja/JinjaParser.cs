using System.Globalization;
using System.Text;

namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>Reads the tags of a template as functions of a scope.</summary>
/// <param name="tokens">The pieces.</param>
internal sealed class JinjaParser(List<JinjaToken> tokens)
{
    private readonly JinjaReader _reader = new(tokens);
    private int _loops; // that the place lies in

    /// <summary>The whole template.</summary>
    /// <exception cref="TemplateException">It is malformed, or asks for what is not supported.</exception>
    public Action<JinjaScope> ReadTemplate()
    {
        var body = ReadBody();
        return _reader.Next.Kind == JinjaTokenKind.End ? body : throw _reader.Wrong($"'{_reader.Next.Text}' ends nothing");
    }

    /// <summary>Everything up to a tag that belongs to an outer block.</summary>
    private Action<JinjaScope> ReadBody(params ReadOnlySpan<string> ends)
    {
        var parts = new List<Action<JinjaScope>>();
        while (_reader.Next.Kind != JinjaTokenKind.End)
        {
            if (_reader.Next.Kind == JinjaTokenKind.Text)
            {
                var text = _reader.Take().Text;
                parts.Add(scope => scope.Write(text));
            }
            else if (_reader.TryTake("{{"))
            {
                var value = new JinjaExpressions(_reader).Read();
                _reader.Expect("}}");
                parts.Add(scope => scope.Write(JinjaValues.Text(value(scope))));
            }
            else
            {
                if (ends.Contains(_reader.Peek(1).Text)) break;
                _reader.Expect("{%");
                parts.Add(_reader.Nested(ReadStatement));
            }
        }

        Action<JinjaScope>[] all = [.. parts];
        return scope =>
        {
            foreach (var part in all)
            {
                scope.Step();
                part(scope);
                if (scope.Leave != LoopExit.None) return;
            }
        };
    }

    private Action<JinjaScope> ReadStatement()
    {
        var keyword = _reader.Take();
        switch (keyword.Text)
        {
            case "if":
                return ReadIf();
            case "for":
                return ReadFor();
            case "set":
                return ReadSet();
            case "generation": // marks what the assistant says, for training
                _reader.Expect("%}");
                var marked = ReadBody("endgeneration");
                End("endgeneration");
                return marked;
            case "break" or "continue" when _loops > 0:
                _reader.Expect("%}");
                var exit = keyword.Text == "break" ? LoopExit.Break : LoopExit.Continue;
                return scope => scope.Leave = exit;
            default:
                throw new TemplateException($"Line {keyword.Line} of the template: the tag '{keyword.Text}' is not supported here; there are if, for, set, and break and continue in loops.");
        }
    }

    private Action<JinjaScope> ReadIf()
    {
        var condition = ReadExpression();
        var body = ReadBody("elif", "else", "endif");
        _reader.Expect("{%");
        var next = _reader.Take().Text;
        if (next == "elif")
        {
            var other = _reader.Nested(ReadIf);
            return scope => (JinjaValues.IsTrue(condition(scope)) ? body : other)(scope);
        }

        _reader.Expect("%}");
        if (next != "else") return scope => { if (JinjaValues.IsTrue(condition(scope))) body(scope); };
        var rest = ReadBody("endif");
        End("endif");
        return scope => (JinjaValues.IsTrue(condition(scope)) ? body : rest)(scope);
    }

    private Action<JinjaScope> ReadFor()
    {
        var names = new List<string> { _reader.TakeName() };
        while (_reader.TryTake(",")) names.Add(_reader.TakeName());
        _reader.Expect("in");
        var expressions = new JinjaExpressions(_reader);
        var items = expressions.ReadWithoutCondition();
        var filter = _reader.TryTake("if") ? expressions.Read() : null;
        _reader.Expect("%}");
        _loops++;
        var body = ReadBody("else", "endfor");
        _loops--;
        _reader.Expect("{%");
        var hasElse = _reader.Take().Text == "else";
        _reader.Expect("%}");
        var otherwise = hasElse ? ReadBody("endfor") : null;
        if (hasElse) End("endfor");
        return scope =>
        {
            var all = JinjaValues.Items(items(scope)).Select(item => Named(new JinjaScope(scope), names, item)).ToList();
            if (filter is not null) all = [.. all.Where(inner => JinjaValues.IsTrue(filter(inner.Scope)))];
            var looped = all.ConvertAll(one => one.Item);
            for (var i = 0; i < all.Count; i++)
            {
                var inner = all[i].Scope;
                inner.Step();
                inner.Set("loop", Loop(looped, i));
                body(inner);
                if (inner.Leave == LoopExit.Break) break;
            }

            if (all.Count == 0) otherwise?.Invoke(scope);
        };
    }

    private static (JinjaScope Scope, object? Item) Named(JinjaScope scope, List<string> names, object? item)
    {
        if (names.Count == 1)
        {
            scope.Set(names[0], item);
        }
        else
        {
            var parts = JinjaValues.Items(item).ToList();
            if (parts.Count != names.Count) throw new TemplateException($"The template takes {names.Count} values of an item that has {parts.Count}.");
            foreach (var (name, part) in names.Zip(parts)) scope.Set(name, part);
        }

        return (scope, item);
    }

    private static Dictionary<string, object?> Loop(List<object?> items, int i) => new(StringComparer.Ordinal)
    {
        ["index"] = i + 1L,
        ["index0"] = (long)i,
        ["revindex"] = (long)(items.Count - i),
        ["revindex0"] = (long)(items.Count - i - 1),
        ["first"] = i == 0,
        ["last"] = i == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = i > 0 ? items[i - 1] : new JinjaUndefined("loop.previtem"),
        ["nextitem"] = i < items.Count - 1 ? items[i + 1] : new JinjaUndefined("loop.nextitem"),
    };

    private Action<JinjaScope> ReadSet()
    {
        var name = _reader.TakeName();
        var attribute = _reader.TryTake(".") ? _reader.TakeName() : null;
        if (_reader.TryTake("%}"))
        {
            var body = ReadBody("endset");
            End("endset");
            return scope =>
            {
                var text = new StringBuilder();
                body(scope.Into(text));
                Assign(scope, name, attribute, text.ToString());
            };
        }

        _reader.Expect("=");
        var value = ReadExpression();
        return scope => Assign(scope, name, attribute, value(scope));
    }

    private static void Assign(JinjaScope scope, string name, string? attribute, object? value)
    {
        if (attribute is null) scope.Set(name, value);
        else if (scope.Get(name) is JinjaNamespace space) space.Values[attribute] = value;
        else throw new TemplateException($"The template sets '{name}.{attribute}'; only what namespace() made can be changed.");
    }

    /// <summary>An expression and the end of its tag.</summary>
    private Func<JinjaScope, object?> ReadExpression()
    {
        var value = new JinjaExpressions(_reader).Read();
        _reader.Expect("%}");
        return value;
    }

    private void End(string keyword)
    {
        _reader.Expect("{%");
        _reader.Expect(keyword);
        _reader.Expect("%}");
    }
}

/// <summary>Goes through the pieces of a template.</summary>
internal sealed class JinjaReader(List<JinjaToken> tokens)
{
    private const int DeepestNesting = 100;

    private int _position;
    private int _depth;

    /// <summary>Reads something that may hold others of its kind.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > DeepestNesting) throw Wrong($"more than {DeepestNesting} things lie in each other");
        var value = read();
        _depth--;
        return value;
    }

    /// <summary>The next piece.</summary>
    public JinjaToken Next => tokens[_position];

    /// <summary>A piece further on.</summary>
    public JinjaToken Peek(int ahead) => tokens[Math.Min(_position + ahead, tokens.Count - 1)];

    /// <summary>Goes on by a piece.</summary>
    public JinjaToken Take() => Next.Kind == JinjaTokenKind.End ? throw Wrong("the template ends within a block") : tokens[_position++];

    /// <summary>Goes on where the next piece is a mark or a word.</summary>
    public bool TryTake(string text)
    {
        if (Next.Kind is not (JinjaTokenKind.Mark or JinjaTokenKind.Name) || Next.Text != text) return false;
        _position++;
        return true;
    }

    /// <summary>Goes on by a mark or a word that must stand here.</summary>
    public void Expect(string text)
    {
        if (!TryTake(text)) throw Wrong(Next.Kind == JinjaTokenKind.End ? $"the template ends where '{text}' was expected" : $"expected '{text}', found '{Next.Text}'");
    }

    /// <summary>Goes on by a name.</summary>
    public string TakeName() => Next.Kind == JinjaTokenKind.Name ? Take().Text : throw Wrong($"expected a name, found '{Next.Text}'");

    /// <summary>What is wrong at the next piece.</summary>
    public TemplateException Wrong(string what) => new($"Line {Next.Line} of the template: {what}.");

    /// <summary>A number as it is read: whole, or with a point.</summary>
    public static object NumberOf(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal)) return double.TryParse(text, CultureInfo.InvariantCulture, out var real) ? real : throw new TemplateException($"'{text}' in the template is no number.");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole : throw new TemplateException($"The number {text} in the template is too large.");
    }
}
