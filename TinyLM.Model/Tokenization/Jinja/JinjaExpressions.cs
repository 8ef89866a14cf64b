namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>Reads expressions as functions of a scope, from the loosest operator to the tightest.</summary>
internal sealed class JinjaExpressions(JinjaReader reader)
{
    private static readonly string[] s_comparisons = ["==", "!=", "<=", ">=", "<", ">", "in"];

    /// <summary>An expression; a condition may follow it.</summary>
    /// <exception cref="TemplateException">It is malformed, or asks for what is not supported.</exception>
    public Func<JinjaScope, object?> Read() => reader.Nested(ReadCondition);

    private Func<JinjaScope, object?> ReadCondition()
    {
        var value = ReadWithoutCondition();
        while (reader.TryTake("if"))
        {
            var (then, condition) = (value, ReadWithoutCondition());
            Func<JinjaScope, object?> otherwise = reader.TryTake("else") ? Read() : _ => new JinjaUndefined("the value of an 'if' without 'else'");
            value = scope => JinjaValues.IsTrue(condition(scope)) ? then(scope) : otherwise(scope);
        }

        return value;
    }

    /// <summary>An expression after which <c>if</c> belongs to something else.</summary>
    public Func<JinjaScope, object?> ReadWithoutCondition()
    {
        var left = ReadAnd();
        while (reader.TryTake("or"))
        {
            var (first, second) = (left, ReadAnd());
            left = scope => first(scope) is var value && JinjaValues.IsTrue(value) ? value : second(scope);
        }

        return left;
    }

    private Func<JinjaScope, object?> ReadAnd()
    {
        var left = ReadNot();
        while (reader.TryTake("and"))
        {
            var (first, second) = (left, ReadNot());
            left = scope => first(scope) is var value && JinjaValues.IsTrue(value) ? second(scope) : value;
        }

        return left;
    }

    private Func<JinjaScope, object?> ReadNot()
    {
        if (!reader.TryTake("not")) return ReadComparison();
        var value = reader.Nested(ReadNot);
        return scope => !JinjaValues.IsTrue(value(scope));
    }

    private Func<JinjaScope, object?> ReadComparison()
    {
        var first = ReadSum();
        var steps = new List<(string Operator, bool IsNegated, Func<JinjaScope, object?> Right)>();
        while (true)
        {
            var isNegated = reader.Next is { Kind: JinjaTokenKind.Name, Text: "not" } && reader.Peek(1).Text == "in" && reader.TryTake("not");
            if (s_comparisons.FirstOrDefault(reader.TryTake) is not { } comparison) break;
            steps.Add((comparison, isNegated, ReadSum()));
        }

        if (steps.Count == 0) return first;
        return scope =>
        {
            var left = first(scope);
            foreach (var (comparison, isNegated, right) in steps)
            {
                var value = right(scope);
                if (JinjaValues.Compare(comparison, left, value) == isNegated) return false;
                left = value;
            }

            return true;
        };
    }

    private Func<JinjaScope, object?> ReadSum() => ReadChain(["+", "-"], () => ReadChain(["~"], () => ReadChain(["*", "//", "/", "%"], ReadSigned)));

    private Func<JinjaScope, object?> ReadChain(string[] operators, Func<Func<JinjaScope, object?>> readPart)
    {
        var left = readPart();
        while (operators.FirstOrDefault(reader.TryTake) is { } one)
        {
            var (first, second) = (left, readPart());
            left = scope => JinjaValues.Calculate(one, first(scope), second(scope));
        }

        return left;
    }

    private Func<JinjaScope, object?> ReadSigned()
    {
        if (reader.TryTake("-"))
        {
            var value = reader.Nested(ReadSigned);
            return scope => JinjaValues.Calculate("-", 0L, value(scope));
        }

        return reader.TryTake("+") ? reader.Nested(ReadSigned) : ReadSuffixes(ReadPrimary());
    }

    private Func<JinjaScope, object?> ReadPrimary()
    {
        var token = reader.Take();
        switch (token.Kind)
        {
            case JinjaTokenKind.String:
                var text = token.Text;
                while (reader.Next.Kind == JinjaTokenKind.String) text += reader.Take().Text;
                return _ => text;
            case JinjaTokenKind.Number:
                var number = JinjaReader.NumberOf(token.Text);
                return _ => number;
            case JinjaTokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => _ => true,
                    "false" or "False" => _ => false,
                    "none" or "None" => _ => null,
                    var name => scope => scope.Get(name),
                };
            case JinjaTokenKind.Mark when token.Text == "(":
                return ReadParentheses();
            case JinjaTokenKind.Mark when token.Text == "[":
                var items = ReadList("]");
                return scope => items.Select(item => item(scope)).ToList();
            case JinjaTokenKind.Mark when token.Text == "{":
                return ReadDictionary();
            default:
                throw new TemplateException($"Line {token.Line} of the template: expected a value, found '{token.Text}'.");
        }
    }

    private Func<JinjaScope, object?> ReadParentheses()
    {
        if (reader.TryTake(")")) return _ => new List<object?>();
        var first = Read();
        if (!reader.TryTake(","))
        {
            reader.Expect(")");
            return first;
        }

        Func<JinjaScope, object?>[] items = [first, .. ReadList(")")];
        return scope => items.Select(item => item(scope)).ToList();
    }

    private List<Func<JinjaScope, object?>> ReadList(string end)
    {
        var items = new List<Func<JinjaScope, object?>>();
        while (!reader.TryTake(end))
        {
            if (items.Count > 0) reader.Expect(",");
            if (reader.TryTake(end)) break;
            items.Add(Read());
        }

        return items;
    }

    private Func<JinjaScope, object?> ReadDictionary()
    {
        var members = new List<(Func<JinjaScope, object?> Key, Func<JinjaScope, object?> Value)>();
        while (!reader.TryTake("}"))
        {
            if (members.Count > 0) reader.Expect(",");
            if (reader.TryTake("}")) break;
            var key = Read();
            reader.Expect(":");
            members.Add((key, Read()));
        }

        return scope => members.ToDictionary(member => JinjaValues.Text(member.Key(scope)), member => member.Value(scope), StringComparer.Ordinal);
    }

    /// <summary>Members, places, calls, filters and tests behind a value.</summary>
    private Func<JinjaScope, object?> ReadSuffixes(Func<JinjaScope, object?> value)
    {
        while (true)
        {
            var owner = value;
            if (reader.TryTake("."))
            {
                var name = reader.TakeName();
                value = scope => JinjaValues.Member(owner(scope), name);
            }
            else if (reader.TryTake("["))
            {
                value = ReadPlace(owner);
            }
            else if (reader.TryTake("("))
            {
                var (arguments, named) = ReadArguments();
                value = scope => owner(scope) is JinjaFunction function ? function([.. arguments.Select(one => one(scope))], named.ToDictionary(one => one.Key, one => one.Value(scope), StringComparer.Ordinal))
                    : throw new TemplateException($"The template calls {JinjaValues.Describe(owner(scope))}, which is no function.");
            }
            else if (reader.TryTake("|"))
            {
                var name = reader.TakeName();
                if (!JinjaFunctions.Filters.TryGetValue(name, out var filter)) throw reader.Wrong($"the filter '{name}' is not supported; there are {string.Join(", ", JinjaFunctions.Filters.Keys)}");
                var (arguments, named) = reader.TryTake("(") ? ReadArguments() : ([], []);
                value = scope => filter([owner(scope), .. arguments.Select(one => one(scope))], named.ToDictionary(one => one.Key, one => one.Value(scope), StringComparer.Ordinal));
            }
            else if (reader.TryTake("is"))
            {
                value = ReadTest(owner);
            }
            else
            {
                return value;
            }
        }
    }

    private Func<JinjaScope, object?> ReadTest(Func<JinjaScope, object?> owner)
    {
        var isNegated = reader.TryTake("not");
        var name = reader.TakeName();
        if (!JinjaFunctions.Tests.TryGetValue(name, out var test)) throw reader.Wrong($"the test '{name}' is not supported; there are {string.Join(", ", JinjaFunctions.Tests.Keys)}");
        List<Func<JinjaScope, object?>> arguments = [];
        if (reader.TryTake("(")) arguments = ReadArguments().Arguments;
        else if (JinjaFunctions.TestTakesValue(name)) arguments = [ReadSuffixes(ReadPrimary())];
        return scope => test(owner(scope), arguments.Count > 0 ? arguments[0](scope) : null) != isNegated;
    }

    /// <summary>An item by its place or name, or a slice.</summary>
    private Func<JinjaScope, object?> ReadPlace(Func<JinjaScope, object?> owner)
    {
        var parts = new Func<JinjaScope, object?>?[3];
        var part = 0;
        while (!reader.TryTake("]"))
        {
            if (reader.TryTake(":")) part++;
            else if (part < 3 && parts[part] is null) parts[part] = Read();
            else throw reader.Wrong($"expected ']', found '{reader.Next.Text}'");
            if (part > 2) throw reader.Wrong("a slice has three parts at most");
        }

        if (part == 0) return parts[0] is { } at ? scope => JinjaValues.Item(owner(scope), at(scope)) : throw reader.Wrong("there is nothing between the brackets");
        return scope => JinjaValues.Slice(owner(scope), parts[0]?.Invoke(scope), parts[1]?.Invoke(scope), parts[2]?.Invoke(scope));
    }

    private (List<Func<JinjaScope, object?>> Arguments, Dictionary<string, Func<JinjaScope, object?>> Named) ReadArguments()
    {
        var arguments = new List<Func<JinjaScope, object?>>();
        var named = new Dictionary<string, Func<JinjaScope, object?>>(StringComparer.Ordinal);
        while (!reader.TryTake(")"))
        {
            if (arguments.Count + named.Count > 0) reader.Expect(",");
            if (reader.TryTake(")")) break;
            if (reader.Next.Kind == JinjaTokenKind.Name && reader.Peek(1) is { Kind: JinjaTokenKind.Mark, Text: "=" })
            {
                var name = reader.TakeName();
                reader.Expect("=");
                named[name] = Read();
            }
            else
            {
                arguments.Add(Read());
            }
        }

        return (arguments, named);
    }
}
