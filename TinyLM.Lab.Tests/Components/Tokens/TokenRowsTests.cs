using System.Text;
using TinyLM.Lab.Components.Tokens;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Components.Tokens;

public class TokenRowsTests
{
    [Fact]
    public void Rows_OfText_EndWhereTheNextTokenDoesNotFitAndAfterLineBreaks()
    {
        Assert.Equal(["One two", " three\n", "four"], Rows(TokenFace.Text, 10, "One", " two", " three", "\n", "four"));
    }

    [Fact]
    public void Rows_WithATokenWiderThanThey_GiveItOneOfItsOwn()
    {
        Assert.Equal(["a", "bbbbbbbbbbbb", "c"], Rows(TokenFace.Text, 5, "a", "bbbbbbbbbbbb", "c"));
    }

    [Fact]
    public void Rows_OfWideCharacters_CountTwoColumnsEach()
    {
        Assert.Equal(["狐狸", "狐"], Rows(TokenFace.Text, 5, "狐", "狸", "狐"));
    }

    [Fact]
    public void Rows_OfIdsAndBytes_GoByWhatIsShown()
    {
        Assert.Equal(["abc", "d"], Rows(TokenFace.Id, 6, "a", "b", "c", "d"));
        Assert.Equal(["ab", "c"], Rows(TokenFace.Bytes, 6, "a", "b", "c"));
    }

    [Fact]
    public void Rows_OfNothing_AreNone() => Assert.Equal(0, TokenRows.Of(TokenizedText.Empty, TokenFace.Text, 10).Count);

    [Fact]
    public void Rows_OfAMillionTokens_HoldEachOnce()
    {
        var text = TokenizedText.Of([.. Enumerable.Range(0, 1_000_000).Select(i => i % 3)], id => "ab\n"u8.ToArray().AsMemory(id, 1));

        var rows = TokenRows.Of(text, TokenFace.Text, 80);

        Assert.Equal(333_334, rows.Count);
        Assert.All(Enumerable.Range(1, rows.Count - 1), row => Assert.Equal(rows[row - 1].End, rows[row].First));
    }

    [Theory]
    [InlineData("a b", true, "a·b")]
    [InlineData("a b", false, "a b")]
    [InlineData("a\n", false, "a↵")]
    [InlineData("\t\r", true, "→0D")]
    [InlineData("\0\u001b", false, "001B")]
    [InlineData("a\u200b", true, "a[200B]")]
    [InlineData("a\u200b", false, "a\u200b")]
    public void Segments_OfCharactersThatCannotBeSeen_AreSigns(string text, bool showInvisible, string expected)
    {
        var segments = TokenWriting.Segments(Encoding.UTF8.GetBytes(text), showInvisible);

        Assert.Equal(expected, string.Concat(segments.Select(segment => segment.Text)).Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Segments_OfHalfACharacter_AreHexadecimal()
    {
        Assert.Equal([new("é", false), new("F0 9F", true), new("a", false), new("FF", true)], TokenWriting.Segments([0xC3, 0xA9, 0xF0, 0x9F, (byte)'a', 0xFF], showInvisible: true));
    }

    private static IEnumerable<string> Rows(TokenFace face, int columns, params string[] tokens)
    {
        var rows = TokenRows.Of(TokenizedText.Of([.. Enumerable.Range(0, tokens.Length)], id => Encoding.UTF8.GetBytes(tokens[id])), face, columns);
        return Enumerable.Range(0, rows.Count).Select(row => string.Concat(tokens[rows[row].First..rows[row].End]));
    }
}
