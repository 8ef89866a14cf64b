using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Generation;
using TinyLM.Model.Generation.Constraints;

namespace TinyLM.Lab.Tests.Model.Generation.Constraints;

public class TextConstraintTests
{
    private const int EndOfText = 260;

    private const string TreeSchema = "{\"type\":\"object\",\"properties\":{\"value\":{\"type\":\"integer\",\"minimum\":0},\"children\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}},\"required\":[\"value\",\"children\"]}";

    /// <summary>All bytes, and tokens of several bytes that cross the borders of what constraints are made of.</summary>
    private static readonly ReadOnlyMemory<byte>[] s_tokens =
        [.. Enumerable.Range(0, 256).Select(value => (ReadOnlyMemory<byte>)new[] { (byte)value }), .. new[] { "ab", "{\"", "true", "12" }.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), default];

    private static readonly ConstraintCompiler s_compiler = new(s_tokens, EndOfText);

    private static readonly string[] s_expressions =
    [
        "a*b+c?", "(a|bc)*", "[a-c]{2,3}", "[^a]b|a", "a.c", "(ab|a)(c|bcd)?", "\\d{1,2}(-\\w)*", "", "(a|b)*?c", "é|[à-ü]b", "[\\u0061-\\x63]+", "😀[😀-😂]?", "^ab$", "[]a]+", "a{0}b", "(?:a{2}){1,2}", "\\.\\*", "[a\\-c]",
    ];

    [Property(MaxTest = 400)]
    public Property Regex_AnyText_IsAcceptedAsDotNetDoes() =>
        Prop.ForAll(Gen.Elements(s_expressions).ToArbitrary(), Gen.Elements("a", "b", "c", "d", "ab", "1", "-", "é", "ü", "😀", "😂", "]", ".", "*", "\n").ListOf().Resize(6).ToArbitrary(), (expression, parts) =>
        {
            var text = string.Concat(parts);
            if (text.Any(char.IsSurrogate) || expression.Any(char.IsSurrogate)) return; // .NET matches halves of characters one by one; the next test has whole ones
            var expected = Regex.IsMatch(text, $"^(?:{expression.TrimStart('^').TrimEnd('$')})\\z", RegexOptions.ECMAScript);

            Assert.Equal(expected, Accepts(TextConstraint.Regex(expression), text));
        });

    [Theory]
    [InlineData("😀[😀-😂]?", "😀😁", true)]
    [InlineData("😀[😀-😂]?", "😀😃", false)]
    [InlineData(".", "😀", true)]
    [InlineData("[^a]", "\u0800", true)]
    [InlineData("[\u0700-\uFFFD]", "\u07FF", true)]
    [InlineData("[\u0700-\uFFFD]", "\u06FF", false)]
    public void Regex_OfCharactersBeyondAscii_ReadsWholeCharacters(string expression, string text, bool expected) =>
        Assert.Equal(expected, Accepts(TextConstraint.Regex(expression), text));

    [Fact]
    public void Utf8Ranges_OfAnyRange_HoldItsCharactersAndNoOthers()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var (a, b) = (random.Next(0x11_0000), random.Next(0x11_0000));
            var (from, to) = (Valid(Math.Min(a, b) >> random.Next(14)), Valid(Math.Max(a, b) >> random.Next(14)));
            if (from > to) (from, to) = (to, from);
            if (from < 0xD800 && to > 0xDFFF) to = 0xD7FF;

            var sequences = Utf8Ranges.Split(from, to).ToList();

            foreach (var rune in (int[])[from, to, Valid(from - 1), Valid(to + 1), .. Enumerable.Range(0, 50).Select(_ => Valid(random.Next(0x11_0000)))])
            {
                var bytes = Encoding.UTF8.GetBytes(new Rune(rune).ToString());
                var matches = sequences.Count(sequence => sequence.Length == bytes.Length && sequence.Zip(bytes).All(pair => pair.First.From <= pair.Second && pair.Second <= pair.First.To));
                Assert.Equal(from <= rune && rune <= to ? 1 : 0, matches);
            }
        }

        static int Valid(int rune) => Rune.IsValid(rune) ? rune : 0xE000;
    }

    [Fact]
    public void Choices_AllowOnlyWhatCanStillBecomeOne()
    {
        var constraint = s_compiler.Compile(TextConstraint.Choices(["abc", "abd", "x"])).Begin([]);

        Assert.Equal(["a", "ab", "x"], Allowed(constraint));
        constraint.Accept(256); // ab
        Assert.Equal(["c", "d"], Allowed(constraint));
        constraint.Accept('d');
        Assert.Equal(["<end>"], Allowed(constraint));
        Assert.Throws<ConstraintException>(() => constraint.Accept('x'));
    }

    [Theory]
    [InlineData("""{"type":"integer"}""", "-120", "01", "1.5", "")]
    [InlineData("""{"type":"number"}""", "-0.5e+10", ".5", "1.")]
    [InlineData("""{"type":"string"}""", "\"a\\\"\\u00e9 é\"", "\"a", "\"\n\"", "a")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"é\\n\"", "\"a\"", "\"abcd\"")]
    [InlineData("""{"type":"string","pattern":"[a\"]+"}""", "\"a\\\"a\"", "\"a\"a\"", "\"b\"")]
    [InlineData("""{"enum":["red",5,null]}""", "5", "\"5\"", "red")]
    [InlineData("""{"const":{"a":[1]}}""", "{\"a\":[1]}", "{\"a\":[2]}")]
    [InlineData("""{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":2}""", "[true, false]", "[]", "[true,true,true]", "[true,]")]
    [InlineData("""{"type":"array","items":{"type":"null"}}""", "[]", "[null null]")]
    [InlineData("""{"type":["integer","null"]}""", "null", "true")]
    [InlineData("""{"anyOf":[{"type":"null"},{"$ref":"#/$defs/n"}],"$defs":{"n":{"type":"integer"}}}""", "7", "x")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"},"c":{"type":"boolean"}},"required":["b"]}""", "{\"b\": null,\"c\":true}", "{}", "{\"a\":1}", "{\"a\":1,}", "{\"b\":null,\"a\":1}", "{,\"b\":null}")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}}}""", "{}", "{\"a\":1 ,\"b\":null}")]
    [InlineData("""{"type":"object"}""", "{\"x\": [1, {\"y\": null}]}", "[]", "{x:1}")]
    [InlineData("{}", "[[\"a\"], {}]", "nothing")]
    [InlineData("{\"type\":\"string\",\"format\":\"date\"}", "\"2024-02-29\"", "\"2023-02-29\"", "\"1900-02-29\"", "\"2024-04-31\"", "\"24-04-01\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"date-time\"}", "\"2000-02-29T23:59:00.5+02:00\"", "\"2000-01-01T24:00:00Z\"", "\"2000-01-01T00:00:00\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"email\"}", "\"a.b@c-d.org\"", "\"a@b\"", "\"@b.c\"", "\"a..b@c.d\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"ipv4\"}", "\"192.0.2.255\"", "\"192.0.2.256\"", "\"1.2.3\"", "\"01.2.3.4\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"uuid\"}", "\"6e2a0b44-1c3f-4b8e-9a60-0d9f2e6b7c11\"", "\"6e2a0b44\"")]
    [InlineData("{\"type\":\"string\",\"format\":\"hostname\"}", "\"a-1.example\"", "\"-a\"", "\"a.\"")]
    [InlineData("{\"allOf\":[{\"type\":\"null\"}]}", "null", "1")]
    [InlineData(TreeSchema, "{\"value\":1,\"children\":[{\"value\":2,\"children\":[{\"value\":3,\"children\":[]}]},{\"value\":4,\"children\":[]}]}", "{\"value\":1}", "{\"value\":1,\"children\":[1]}")]
    [InlineData("{\"$ref\":\"#/$defs/list\",\"$defs\":{\"list\":{\"type\":\"object\",\"properties\":{\"head\":{\"type\":\"integer\"},\"tail\":{\"anyOf\":[{\"$ref\":\"#/$defs/list\"},{\"type\":\"null\"}]}},\"required\":[\"head\",\"tail\"]}}}", "{\"head\":1,\"tail\":{\"head\":2,\"tail\":null}}", "{\"head\":1,\"tail\":2}")]
    public void JsonSchema_TellsItsTextsFromOthers(string schema, string text, params string[] others)
    {
        Assert.True(Accepts(TextConstraint.JsonSchema(schema), text), text);
        Assert.All(others, other => Assert.False(Accepts(TextConstraint.JsonSchema(schema), other), other));
    }

    [Property(MaxTest = 300)]
    public Property JsonSchema_OfANumberBetweenBounds_AllowsThoseBetweenThem() => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        var (isInteger, least, most) = (random.Next(2) == 0, Decimal(), Decimal());
        if (least > most) (least, most) = (most, least);
        var bounds = new List<string> { $"\"type\":\"{(isInteger ? "integer" : "number")}\"" };
        var (hasLeast, isAbove, hasMost, isBelow) = (random.Next(4) > 0, random.Next(2) == 0, random.Next(4) > 0, random.Next(2) == 0);
        if (hasLeast) bounds.Add(string.Create(CultureInfo.InvariantCulture, $"\"{(isAbove ? "exclusiveMinimum" : "minimum")}\":{least}"));
        if (hasMost) bounds.Add(string.Create(CultureInfo.InvariantCulture, $"\"{(isBelow ? "exclusiveMaximum" : "maximum")}\":{most}"));
        var constraint = TextConstraint.JsonSchema($"{{{string.Join(',', bounds)}}}");
        decimal[] values = [least, most, .. Enumerable.Range(0, 20).Select(_ => Decimal()), .. Enumerable.Range(0, 20).Select(_ => least + (most - least) * random.Next(101) / 100m)];
        if (constraint.Problem() is not null) values = [];

        foreach (var value in values.Select(value => isInteger ? decimal.Truncate(value) : value).Where(value => value != 0 || !decimal.IsNegative(value)))
        {
            var between = !(hasLeast && (isAbove ? value <= least : value < least)) && !(hasMost && (isBelow ? value >= most : value > most));
            Assert.Equal(between, Accepts(constraint, value.ToString(CultureInfo.InvariantCulture)));
        }

        decimal Decimal() => new(random.Next(random.Next(2) == 0 ? 30 : 100_000), 0, 0, random.Next(2) == 0, (byte)random.Next(4));
    });

    [Fact]
    public void JsonSchema_ThatRefersToItself_IsNestedToALimit()
    {
        var (nested, deeper) = ("{\"value\":1,\"children\":[]}", "");
        for (var i = 0; i < 3; i++) (nested, deeper) = ($"{{\"value\":1,\"children\":[{nested}]}}", nested);

        Assert.True(Accepts(TextConstraint.JsonSchema(TreeSchema), deeper));
        Assert.True(Accepts(TextConstraint.JsonSchema(TreeSchema), nested));
        Assert.False(Accepts(TextConstraint.JsonSchema(TreeSchema), $"{{\"value\":1,\"children\":[{nested}]}}"));
    }

    [Property(MaxTest = 60)]
    public Property JsonSchema_RandomTextThatFollowsIt_IsJsonOfTheSchema() => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), seed =>
    {
        const string Schema = """{"type":"object","properties":{"name":{"type":"string","maxLength":5},"age":{"type":"integer"},"tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3},"ok":{"type":"boolean"}},"required":["name","ok"]}""";
        var constraint = s_compiler.Compile(TextConstraint.JsonSchema(Schema)).Begin([]);
        var sampler = new Sampler(new SamplingSettings { Temperature = 1, Seed = (ulong)seed });
        var bytes = new List<byte>();
        while (true)
        {
            var id = sampler.Sample(new float[s_tokens.Length], constraint.Allowed).Id;
            if (id == EndOfText) break;
            bytes.AddRange(s_tokens[id].Span);
            constraint.Accept(id);
        }

        var json = JsonNode.Parse(bytes.ToArray())!.AsObject();
        Assert.Equal(JsonValueKind.String, json["name"]!.GetValueKind());
        Assert.True(json["name"]!.GetValue<string>().EnumerateRunes().Count() <= 5);
        Assert.True(json["ok"]!.GetValueKind() is JsonValueKind.True or JsonValueKind.False);
        if (json["age"] is { } age) Assert.Equal(JsonValueKind.Number, age.GetValueKind());
        if (json["tags"] is { } tags) Assert.All(tags.AsArray(), tag => Assert.True(tag!.GetValue<string>() is "a" or "b"));
        Assert.DoesNotContain(json, member => member.Key is not ("name" or "age" or "tags" or "ok"));
    });

    [Theory]
    [InlineData(ConstraintKind.Regex, "a(b", "at character 2, this '(' is never closed")]
    [InlineData(ConstraintKind.Regex, "ab)", "at character 3, this ')' closes nothing")]
    [InlineData(ConstraintKind.Regex, "[a-", "at character 1, this '[' is never closed")]
    [InlineData(ConstraintKind.Regex, "*a", "follows nothing")]
    [InlineData(ConstraintKind.Regex, "a{3,2}", "wrong way round")]
    [InlineData(ConstraintKind.Regex, "(?=a)", "only (?:…) is supported")]
    [InlineData(ConstraintKind.Regex, "(a)\\1", "'\\1' is not supported")]
    [InlineData(ConstraintKind.Regex, "((a{1000}){1000}){10}", "too large")]
    [InlineData(ConstraintKind.Choices, "\n\n", "There is no choice")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":", "no JSON")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":\"integer\",\"multipleOf\":5}", "at #, 'multipleOf' is not supported for 'integer'")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":[\"integer\",\"null\"],\"pattern\":\"a\"}", "at #, 'pattern' is not supported for 'integer' or 'null'")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":\"integer\",\"minimum\":0.1,\"exclusiveMaximum\":1}", "no whole number between the bounds")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":\"number\",\"minimum\":\"1\"}", "'minimum' must be a number")]
    [InlineData(ConstraintKind.JsonSchema, "{\"properties\":{\"a\":{\"type\":\"string\",\"format\":\"uri\"}}}", "at #/properties/a, the format 'uri' is not supported; there are date, time")]
    [InlineData(ConstraintKind.JsonSchema, "{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"required\":[\"a\"]}", "no value of it has an end")]
    [InlineData(ConstraintKind.JsonSchema, "{\"enum\":[1],\"minimum\":0}", "'minimum' beside 'enum' is not supported")]
    [InlineData(ConstraintKind.JsonSchema, "{\"properties\":{},\"required\":[\"b\"]}", "'required' names 'b'")]
    [InlineData(ConstraintKind.JsonSchema, "{\"type\":\"thing\"}", "there is no type 'thing'")]
    public void Problem_OfAConstraintThatCannotBeFollowed_SaysWhatAndWhere(ConstraintKind kind, string text, string words) =>
        Assert.Contains(words, new TextConstraint(kind, text).Problem(), StringComparison.Ordinal);

    private static bool Accepts(TextConstraint constraint, string text)
    {
        var state = s_compiler.Compile(constraint).Begin([]);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (!state.Allowed[value]) return false;
            state.Accept(value);
        }

        return state.Allowed[EndOfText];
    }

    private static IEnumerable<string> Allowed(ITokenConstraint constraint) =>
        Enumerable.Range(0, s_tokens.Length).Where(id => constraint.Allowed[id]).Select(id => id == EndOfText ? "<end>" : Encoding.UTF8.GetString(s_tokens[id].Span)).Order(StringComparer.Ordinal).OrderBy(text => text == "<end>");
}
