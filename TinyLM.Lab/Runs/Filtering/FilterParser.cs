namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Makes a test of the words of a filter; the grammar stands at <see cref="RunFilter"/>.</summary>
internal sealed class FilterParser(IReadOnlyList<FilterToken> tokens)
{
    private readonly HashSet<string> _fields = [];
    private int _next;

    /// <summary>Names of the fields met, in lower case.</summary>
    public IReadOnlySet<string> Fields => _fields;

    private FilterToken Token => tokens[_next];

    /// <summary>Reads all words.</summary>
    /// <exception cref="FilterException">They make no filter.</exception>
    public Func<RunFacts, bool> Parse()
    {
        var test = Either();
        return Token.Kind switch
        {
            FilterTokenKind.End => test,
            FilterTokenKind.Close => throw new FilterException("This ')' closes nothing.", Token.Position),
            _ => throw new FilterException($"'{Token.Text}' was not expected here.", Token.Position),
        };
    }

    private Func<RunFacts, bool> Either()
    {
        var test = Both();
        while (TakeKeyword("or"))
        {
            var (left, right) = (test, Both());
            test = run => left(run) || right(run);
        }

        return test;
    }

    private Func<RunFacts, bool> Both()
    {
        var test = One();
        while (TakeKeyword("and") || StartsOne())
        {
            var (left, right) = (test, One());
            test = run => left(run) && right(run);
        }

        return test;
    }

    private bool StartsOne() => Token.Kind is FilterTokenKind.Word or FilterTokenKind.Quoted or FilterTokenKind.Open && !IsKeyword("or");

    private Func<RunFacts, bool> One()
    {
        if (TakeKeyword("not"))
        {
            var inner = One();
            return run => !inner(run);
        }

        var token = Take();
        switch (token.Kind)
        {
            case FilterTokenKind.Open:
                var test = Either();
                if (Take() is { Kind: not FilterTokenKind.Close }) throw new FilterException("This '(' is not closed.", token.Position);
                return test;
            case FilterTokenKind.Word when Token.Kind == FilterTokenKind.Comparison:
                return Comparison(token);
            case FilterTokenKind.Word when IsKeyword(token, "and") || IsKeyword(token, "or"):
                throw new FilterException($"Something is missing before '{token.Text}'; to look for the word itself, write \"{token.Text}\".", token.Position);
            case FilterTokenKind.Word or FilterTokenKind.Quoted:
                return run => Mentions(run.Summary, token.Text);
            case FilterTokenKind.Comparison:
                throw new FilterException($"A field is missing before '{token.Text}', as in loss{token.Text}2.", token.Position);
            case FilterTokenKind.Close:
                throw new FilterException("Something is missing before ')'.", token.Position);
            default:
                throw new FilterException("Something is missing at the end.", token.Position);
        }
    }

    private Func<RunFacts, bool> Comparison(FilterToken name)
    {
        var field = FilterFields.Find(name.Text) ?? throw new FilterException($"There is no field '{name.Text}'.{Suggestion(name.Text)}", name.Position);
        _fields.Add(name.Text.ToLowerInvariant());
        var comparison = Take();
        var value = Take();
        if (value.Kind is not (FilterTokenKind.Word or FilterTokenKind.Quoted))
            throw new FilterException($"A value is missing after '{name.Text}{comparison.Text}'.", value.Position);
        return field.Number is { } number ? OfNumbers(number, name, comparison, value) : OfTexts(field.Texts!, name, comparison, value);
    }

    private static Func<RunFacts, bool> OfNumbers(Func<RunFacts, double?> read, FilterToken name, FilterToken comparison, FilterToken value)
    {
        var limit = FilterNumber.Parse(value.Text)
            ?? throw new FilterException($"'{value.Text}' is not a number, and '{name.Text}' is compared with one: write 0.5, 1e-3, 10k, 1.5M, 20MB, 5min or the like.", value.Position);
        Func<double, bool> holds = comparison.Text switch
        {
            "<" => number => number < limit,
            "<=" => number => number <= limit,
            ">" => number => number > limit,
            ">=" => number => number >= limit,
            "!=" => number => number != limit,
            _ => number => number == limit,
        };
        return run => read(run) is { } number && holds(number);
    }

    private static Func<RunFacts, bool> OfTexts(Func<RunFacts, IEnumerable<string>> read, FilterToken name, FilterToken comparison, FilterToken value)
    {
        var text = value.Text;
        return comparison.Text switch
        {
            ":" => run => read(run).Any(one => one.Contains(text, StringComparison.OrdinalIgnoreCase)),
            "=" or "==" => run => read(run).Any(one => one.Equals(text, StringComparison.OrdinalIgnoreCase)),
            "!=" => run => !read(run).Any(one => one.Equals(text, StringComparison.OrdinalIgnoreCase)),
            _ when name.Text.Equals("created", StringComparison.OrdinalIgnoreCase) => Dates(read, comparison, value),
            _ => throw new FilterException($"'{name.Text}' is a text and has no order; compare it with =, != or : (holds).", comparison.Position),
        };
    }

    /// <summary>Days as ISO 8601 writes them sort as texts.</summary>
    private static Func<RunFacts, bool> Dates(Func<RunFacts, IEnumerable<string>> read, FilterToken comparison, FilterToken value)
    {
        if (!DateOnly.TryParseExact(value.Text, "yyyy-MM-dd", out _)) throw new FilterException($"'{value.Text}' is not a day; write it as 2026-03-14.", value.Position);
        Func<int, bool> holds = comparison.Text switch
        {
            "<" => order => order < 0,
            "<=" => order => order <= 0,
            ">" => order => order > 0,
            _ => order => order >= 0,
        };
        return run => read(run).Any(day => holds(string.CompareOrdinal(day, value.Text)));
    }

    private static bool Mentions(RunSummary run, string text) =>
        new[] { run.Name, run.Id, run.Notes, run.Preset, run.Corpus, run.Group?.Name, run.Status.ToString() }.Concat(run.Tags).Any(one => one?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);

    private static string Suggestion(string name) => EditDistance.Nearest(name, FilterFields.Names) is { } nearest
        ? $" Did you mean '{nearest}'?"
        : " Fields are loss, steps, layers, width, lr, batch, parameters, tag, status and every setting of run.json.";

    private FilterToken Take() => Token.Kind == FilterTokenKind.End ? Token : tokens[_next++];

    private bool TakeKeyword(string word)
    {
        if (!IsKeyword(word)) return false;
        _next++;
        return true;
    }

    /// <summary>Whether a keyword comes next: a word that no comparison follows, so that a field may have its name.</summary>
    private bool IsKeyword(string word) => IsKeyword(Token, word) && tokens[_next + 1].Kind != FilterTokenKind.Comparison;

    private static bool IsKeyword(FilterToken token, string word) => token.Kind == FilterTokenKind.Word && token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
