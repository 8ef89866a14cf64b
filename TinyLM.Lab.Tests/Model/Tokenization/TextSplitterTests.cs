using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization;
using TinyLM.Model.Tokenization.Formats;
using TinyLM.Model.Tokenization.Splitting;

namespace TinyLM.Lab.Tests.Model.Tokenization;

public class TextSplitterTests
{
    /// <summary>What the patterns tell apart, within the Basic Multilingual Plane, where .NET's expressions see what others see; long enough for several blocks of 64.</summary>
    public static Arbitrary<string> Texts => Gen.Choose(0, 200).SelectMany(count => Gen.ArrayOf(Gen.Frequency(
            (6, Gen.Elements("the", "a", "Fox", "s", "ll", " ", " x")),
            (4, Gen.Elements("'", "'s", "'ll", "'v", "'re", "n't", "''", " '")),
            (3, Gen.Elements("  ", "   ", "\n", "\r\n", "\t", "12", "7", "!?", "-", "/")),
            (1, Gen.Elements("é", "狐", "\u00a0", "\u0301", "½", "“", "\0", "\u0085", "wordlongerthanablockofsixtyfourcharacterswhichisreadinonepiecebymachines"))), count))
        .Select(string.Concat).ToArbitrary();

    [Property(MaxTest = 3_000)]
    public Property Split_Gpt2InBlocks_CutsAsTheExpressionDoes() => Prop.ForAll(Texts, text =>
        new TextSplit(SplitPattern.Gpt2).Chunks(text).SequenceEqual(s_gpt2.Matches(text).Select(match => match.Value)));

    [Theory]
    [InlineData(SplitPattern.Gpt2, "gpt2")]
    [InlineData(SplitPattern.Gpt4, "gpt4_minbpe")]
    [InlineData(SplitPattern.Cl100k, "cl100k_base")]
    [InlineData(SplitPattern.O200k, "o200k_base")]
    public void Split_ReferenceStrings_CutsAsTheExpressionDoes(SplitPattern pattern, string reference)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("golden", "encode", "pretokenize_golden.json")));

        foreach (var one in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = one.GetProperty("chunks").GetProperty(reference).EnumerateArray().Select(chunk => chunk.GetString()!);
            Assert.Equal(expected, new TextSplit(pattern).Chunks(one.GetProperty("text").GetString()!));
        }
    }

    /// <summary>Published patterns with the look-ahead at their end: DeepSeek V3's, Mistral's tekken, GPT-2's and one that takes no white space before.</summary>
    public static TheoryData<string> Published =>
    [
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
        @"\p{L}+|\s+(?!\S)|\s+",
    ];

    /// <summary>The one look-ahead that an expression of one's own may have, beside .NET's engine that goes back.</summary>
    [Theory]
    [MemberData(nameof(Published))]
    public void Split_ExpressionThatEndsWithSpacesBeforeWords_CutsAsTheExpressionDoes(string expression)
    {
        var split = new TextSplit(SplitPattern.Expression, expression);
        var reference = new Regex(expression, RegexOptions.CultureInvariant);

        Assert.Empty(split.Validate());
        Prop.ForAll(Texts, text => split.Chunks(text).SequenceEqual(Isolated(reference, text))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Split_AMillionSpacesByAnExpression_EndsInTime()
    {
        var text = new string(' ', 1_000_000) + "x";

        Assert.Equal([999_999, 1, 1], new TextSplit(SplitPattern.Expression, @"\p{L}+|\s+(?!\S)|\s+").Chunks(text).Select(chunk => chunk.Length));
    }

    [Theory]
    [InlineData(@"^a|b", "the beginning or end of a line")]
    [InlineData(@"\w+|\s", @"\w")]
    [InlineData(@" ?[^(\s|[.,!?])]+", "a class within a class")]
    [InlineData(@"[a-z&&[^b]]", "an intersection of classes")]
    [InlineData(@"a{,3}", "a quantifier without a lower bound")]
    [InlineData(@"[^$^]+|\[\^", null)]
    public void Expression_ThatOthersReadOtherwise_IsKnown(string expression, string? difference) => Assert.Equal(difference, ExpressionDialects.DifferenceOf(expression));

    private static IEnumerable<string> Isolated(Regex expression, string text)
    {
        var done = 0;
        foreach (Match match in expression.Matches(text))
        {
            if (match.Index > done) yield return text[done..match.Index];
            if (match.Length > 0) yield return match.Value;
            done = match.Index + match.Length;
        }
        if (done < text.Length) yield return text[done..];
    }

    private static readonly Regex s_gpt2 = new(SplitExpressions.Of(SplitPattern.Gpt2), RegexOptions.CultureInvariant);
}
