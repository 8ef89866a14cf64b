using System.Globalization;
using System.Text;

namespace TinyLM.Model.Generation.Constraints;

/// <summary>Reads a regular expression that the whole text must match.</summary>
/// <remarks>
/// Characters, <c>.</c>, classes, <c>\d \w \s</c> and their opposites (of ASCII), groups, <c>|</c>, <c>* + ? {m,n}</c>. What no
/// finite automaton can follow (references, looking around) is refused. <c>^</c> and <c>$</c> at the ends change nothing.
/// </remarks>
internal sealed class RegexParser
{
    private const int MostRepeats = 1000;
    private static readonly (int From, int To)[] s_digits = [('0', '9')];
    private static readonly (int From, int To)[] s_wordCharacters = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    private static readonly (int From, int To)[] s_spaces = [('\t', '\r'), (' ', ' ')];

    private readonly string _text;
    private int _at;

    private RegexParser(string text) => _text = text;

    /// <summary>The language of an expression.</summary>
    /// <exception cref="ConstraintException">It is none, or uses what is not supported; the message names the place.</exception>
    public static Pattern Parse(string expression)
    {
        var parser = new RegexParser(expression);
        if (parser.Peek == '^') parser._at++;
        var pattern = parser.ReadChoice();
        return parser._at == expression.Length ? pattern : throw parser.Wrong("this ')' closes nothing");
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private bool IsAtEnd => _at >= _text.Length;

    private Pattern ReadChoice()
    {
        var parts = new List<Pattern> { ReadSequence() };
        while (Peek == '|' && !IsAtEnd)
        {
            _at++;
            parts.Add(ReadSequence());
        }

        return Pattern.AnyOf([.. parts]);
    }

    private Pattern ReadSequence()
    {
        var parts = new List<Pattern>();
        while (!IsAtEnd && Peek is not ('|' or ')'))
        {
            if (Peek == '$' && _at == _text.Length - 1)
            {
                _at++;
                break;
            }

            parts.Add(ReadRepeat(ReadOne()));
        }

        return Pattern.Sequence([.. parts]);
    }

    private Pattern ReadRepeat(Pattern one)
    {
        while (!IsAtEnd)
        {
            switch (Peek)
            {
                case '*':
                    one = one.Repeat(0, null);
                    break;
                case '+':
                    one = one.Repeat(1, null);
                    break;
                case '?':
                    one = one.Optional();
                    break;
                case '{':
                    one = ReadCounts(one);
                    continue;
                default:
                    return one;
            }

            _at++;
            if (Peek == '?' && !IsAtEnd) _at++; // lazy or greedy, the language is the same
        }

        return one;
    }

    private Pattern ReadCounts(Pattern one)
    {
        var close = _text.IndexOf('}', _at);
        var counts = close < 0 ? [] : _text[(_at + 1)..close].Split(',');
        if (counts.Length is not (1 or 2) || !int.TryParse(counts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var least))
            throw Wrong("expected {m}, {m,} or {m,n}; a brace that stands for itself is written \\{");
        int? most = counts switch
        {
            [_] => least,
            [_, ""] => null,
            [_, var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw Wrong("expected {m}, {m,} or {m,n}"),
        };
        if (most < least) throw Wrong($"{{{least},{most}}} has its numbers the wrong way round");
        if (Math.Max(least, most ?? 0) > MostRepeats) throw Wrong($"at most {MostRepeats} repetitions can be counted");
        _at = close + 1;
        return one.Repeat(least, most);
    }

    private Pattern ReadOne()
    {
        switch (Peek)
        {
            case '(':
                return ReadGroup();
            case '[':
                return ReadClass();
            case '.':
                _at++;
                return CharacterPattern.Except([('\n', '\n')]);
            case '\\':
                return new CharacterPattern(ReadEscape());
            case '*' or '+' or '?' or '{':
                throw Wrong($"'{Peek}' follows nothing that it could repeat");
            case '^' or '$':
                throw Wrong($"'{Peek}' within an expression is not supported; the whole text matches in any case");
            default:
                var rune = ReadRune();
                return Pattern.Of((rune, rune));
        }
    }

    private Pattern ReadGroup()
    {
        var open = _at++;
        if (Peek == '?')
        {
            if (!_text.AsSpan(_at).StartsWith("?:")) throw Wrong("of groups with '?' only (?:…) is supported");
            _at += 2;
        }

        var inner = ReadChoice();
        if (Peek != ')' || IsAtEnd)
        {
            _at = open;
            throw Wrong("this '(' is never closed");
        }

        _at++;
        return inner;
    }

    private CharacterPattern ReadClass()
    {
        var open = _at++;
        var isNegated = Peek == '^';
        if (isNegated) _at++;
        var ranges = new List<(int From, int To)>();
        while (IsAtEnd || Peek != ']' || ranges.Count == 0)
        {
            if (IsAtEnd)
            {
                _at = open;
                throw Wrong("this '[' is never closed");
            }

            var from = ReadMember();
            if (from.Length == 1 && Peek == '-' && _at + 1 < _text.Length && _text[_at + 1] != ']')
            {
                _at++;
                var to = ReadMember();
                if (to.Length != 1 || to[0].To < from[0].From) throw Wrong("a range in a class runs from a character to a later one");
                ranges.Add((from[0].From, to[0].To));
            }
            else
            {
                ranges.AddRange(from);
            }
        }

        _at++;
        return isNegated ? CharacterPattern.Except(ranges) : new CharacterPattern(ranges);
    }

    private (int From, int To)[] ReadMember()
    {
        if (Peek == '\\') return ReadEscape();
        var rune = ReadRune();
        return [(rune, rune)];
    }

    private (int From, int To)[] ReadEscape()
    {
        _at++;
        if (IsAtEnd) throw Wrong("a '\\' at the end escapes nothing");
        var letter = _text[_at++];
        switch (letter)
        {
            case 'd':
                return s_digits;
            case 'D':
                return [.. CharacterPattern.Except(s_digits).Ranges];
            case 'w':
                return s_wordCharacters;
            case 'W':
                return [.. CharacterPattern.Except(s_wordCharacters).Ranges];
            case 's':
                return s_spaces;
            case 'S':
                return [.. CharacterPattern.Except(s_spaces).Ranges];
            case 'u':
                return Single(ReadHex(4));
            case 'x':
                return Single(ReadHex(2));
        }

        if ("tnrfv0".IndexOf(letter, StringComparison.Ordinal) is >= 0 and var known) return Single("\t\n\r\f\v\0"[known]);
        if (char.IsAsciiLetterOrDigit(letter))
        {
            _at -= 2;
            throw Wrong($"'\\{letter}' is not supported");
        }

        return Single(letter);

        static (int From, int To)[] Single(int character) => [(character, character)];
    }

    private int ReadHex(int digits)
    {
        if (_at + digits > _text.Length || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is >= 0xD800 and <= 0xDFFF)
            throw Wrong($"expected a character of {digits} hexadecimal digits");
        _at += digits;
        return value;
    }

    private int ReadRune()
    {
        if (!Rune.TryGetRuneAt(_text, _at, out var rune)) throw Wrong("this is half a character");
        _at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private ConstraintException Wrong(string why) => new($"The regular expression cannot be followed: at character {_at + 1}, {why}.");
}
