namespace TinyLM.Model.Tokenization.Jinja;

/// <summary>What a piece of a template is.</summary>
internal enum JinjaTokenKind
{
    /// <summary>Text outside of tags.</summary>
    Text,

    /// <summary>A name.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    String,

    /// <summary>An operator, a bracket, or the border of a tag: <c>{{</c>, <c>}}</c>, <c>{%</c>, <c>%}</c>.</summary>
    Mark,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A piece of a template.</summary>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line);

/// <summary>Cuts a template into pieces, and takes the blanks around tags away as they ask for.</summary>
internal static class JinjaLexer
{
    private static readonly string[] s_marks = ["**", "==", "!=", "<=", ">=", "//", "(", ")", "[", "]", "{", "}", ",", ".", ":", "|", "+", "-", "*", "/", "%", "~", "<", ">", "="];

    /// <summary>The pieces, with <see cref="JinjaTokenKind.End"/> last.</summary>
    /// <exception cref="TemplateException">A tag or a text is never closed, or a character means nothing.</exception>
    public static List<JinjaToken> Read(string source)
    {
        var tokens = new List<JinjaToken>();
        source = source.ReplaceLineEndings("\n");
        if (source.EndsWith('\n')) source = source[..^1];
        var (position, line) = (0, 1);
        var (stripsAll, stripsBreak) = (false, false); // what the tag before takes away of the text that follows
        while (position < source.Length)
        {
            var open = FindTag(source, position);
            var text = source[position..open];
            var lineAfter = line + text.Count(one => one == '\n');
            var beginsLine = position == 0 || (stripsBreak && text.StartsWith('\n'));
            if (stripsAll) text = text.TrimStart();
            else if (stripsBreak && text.StartsWith('\n')) text = text[1..];
            if (open < source.Length)
            {
                var sign = open + 2 < source.Length ? source[open + 2] : ' ';
                if (sign == '-') text = text.TrimEnd();
                else if (sign != '+' && source[open + 1] != '{') text = WithoutIndent(text, beginsLine);
            }

            if (text.Length > 0) tokens.Add(new JinjaToken(JinjaTokenKind.Text, text, line));
            (position, line) = (open, lineAfter);
            if (open == source.Length) break;
            var start = position;
            position = source[open + 1] == '#' ? SkipComment(source, open, line) : ReadTag(source, open, line, tokens);
            line += source.AsSpan(start, position - start).Count('\n');
            (stripsAll, stripsBreak) = (source[position - 3] == '-', source[open + 1] != '{' && source[position - 3] != '+');
        }

        tokens.Add(new JinjaToken(JinjaTokenKind.End, "", line));
        return tokens;
    }

    private static int FindTag(string source, int from)
    {
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
            if (source[at + 1] is '{' or '%' or '#') return at;
        return source.Length;
    }

    /// <summary>Blanks between the last line break and the tag go, where nothing else stands there.</summary>
    private static string WithoutIndent(string text, bool beginsLine)
    {
        var end = text.Length;
        while (end > 0 && text[end - 1] is ' ' or '\t') end--;
        return end == 0 ? beginsLine ? "" : text : text[end - 1] == '\n' ? text[..end] : text;
    }

    private static int SkipComment(string source, int open, int line) =>
        source.IndexOf("#}", open + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : throw new TemplateException($"Line {line} of the template: the comment is never closed.");

    private static int ReadTag(string source, int open, int line, List<JinjaToken> tokens)
    {
        var (mark, close) = source[open + 1] == '{' ? ("{{", "}}") : ("{%", "%}");
        tokens.Add(new JinjaToken(JinjaTokenKind.Mark, mark, line));
        var at = open + 2;
        if (at < source.Length && source[at] is '-' or '+') at++;
        var depth = 0;
        while (at < source.Length)
        {
            var one = source[at];
            if (one == '\n') line++;
            if (char.IsWhiteSpace(one))
            {
                at++;
            }
            else if (depth == 0 && source.AsSpan(at + (one is '-' or '+' ? 1 : 0)).StartsWith(close, StringComparison.Ordinal))
            {
                tokens.Add(new JinjaToken(JinjaTokenKind.Mark, close, line));
                return at + (one is '-' or '+' ? 1 : 0) + 2;
            }
            else if (char.IsAsciiLetter(one) || one == '_')
            {
                var end = at;
                while (end < source.Length && (char.IsAsciiLetterOrDigit(source[end]) || source[end] == '_')) end++;
                tokens.Add(new JinjaToken(JinjaTokenKind.Name, source[at..end], line));
                at = end;
            }
            else if (char.IsAsciiDigit(one))
            {
                var end = at;
                while (end < source.Length && (char.IsAsciiDigit(source[end]) || source[end] == '.' && end + 1 < source.Length && char.IsAsciiDigit(source[end + 1]))) end++;
                tokens.Add(new JinjaToken(JinjaTokenKind.Number, source[at..end], line));
                at = end;
            }
            else if (one is '\'' or '"')
            {
                at = ReadString(source, at, line, tokens);
            }
            else if (s_marks.FirstOrDefault(known => source.AsSpan(at).StartsWith(known, StringComparison.Ordinal)) is { } known)
            {
                if (known is "{" or "[" or "(") depth++;
                if (known is "}" or "]" or ")") depth--;
                tokens.Add(new JinjaToken(JinjaTokenKind.Mark, known, line));
                at += known.Length;
            }
            else
            {
                throw new TemplateException($"Line {line} of the template: '{one}' means nothing here.");
            }
        }

        throw new TemplateException($"Line {line} of the template: the tag '{mark}' is never closed.");
    }

    private static int ReadString(string source, int open, int line, List<JinjaToken> tokens)
    {
        var text = new System.Text.StringBuilder();
        for (var at = open + 1; at < source.Length; at++)
        {
            if (source[at] == source[open])
            {
                tokens.Add(new JinjaToken(JinjaTokenKind.String, text.ToString(), line));
                return at + 1;
            }

            if (source[at] != '\\' || at + 1 == source.Length)
            {
                text.Append(source[at]);
                continue;
            }

            at++;
            text.Append(source[at] switch
            {
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                '\\' or '\'' or '"' => $"{source[at]}",
                var other => throw new TemplateException($"Line {line} of the template: there is no escape '\\{other}' in texts."),
            });
        }

        throw new TemplateException($"Line {line} of the template: the text is never closed.");
    }
}
