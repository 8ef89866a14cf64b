using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class TokenizedTextTests
{
    [Fact]
    public void Tokens_OfWholeCharacters_StandWhereTheirCharactersStand()
    {
        var text = Of("Hi", ", é", "!");

        Assert.Equal("Hi, é!", text.Text);
        Assert.Equal(new TokenPlace(1, 1, TokenForm.Whole, ByteStart: 2, ByteLength: 4, CharStart: 2, CharLength: 3), text[1]);
        Assert.Equal((6, 7), (text.CharacterCount, text.Bytes.Length));
    }

    [Fact]
    public void Tokens_WithinOneCharacter_AllPointToTheWholeOfIt()
    {
        var text = Of([(byte)'a', 0xF0, 0x9F], [0x99], [0x82, (byte)'b'], [(byte)'c']); // a🙂bc

        Assert.Equal("a🙂bc", text.Text);
        Assert.Equal([TokenForm.Part, TokenForm.Part, TokenForm.Part, TokenForm.Whole], Places(text).Select(place => place.Form));
        Assert.Equal([(0, 3), (1, 2), (1, 3), (4, 1)], Places(text).Select(place => (place.CharStart, place.CharLength)));
        Assert.Equal((0, 4), (text.BrokenCount, text.CharacterCount));
    }

    [Fact]
    public void Tokens_ThatAreNoUtf8_AreBroken()
    {
        var text = Of([(byte)'a'], [0xFF], [0xE2, 0x82], [(byte)'b']);

        Assert.Equal("a\uFFFD\uFFFDb", text.Text);
        Assert.Equal([TokenForm.Whole, TokenForm.Broken, TokenForm.Broken, TokenForm.Whole], Places(text).Select(place => place.Form));
        Assert.Equal(2, text.BrokenCount);
    }

    [Fact]
    public void Token_WithoutBytes_StandsBetweenCharacters()
    {
        var text = Of([(byte)'a'], [], [(byte)'b'], []);

        Assert.Equal([(0, 1), (1, 0), (1, 1), (2, 0)], Places(text).Select(place => (place.CharStart, place.CharLength)));
        Assert.All(Places(text), place => Assert.Equal(TokenForm.Whole, place.Form));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)] // the first half of the emoji, of which the first token has the first byte
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(5, -1)]
    [InlineData(-1, -1)]
    public void At_APlaceInTheText_FindsTheTokenOfItsFirstByte(int unit, int expected)
    {
        Assert.Equal(expected, Of([(byte)'a', 0xF0, 0x9F], [0x99], [0x82, (byte)'b'], [(byte)'c']).At(unit));
    }

    /// <summary>However a text is cut into bytes, the places of the tokens hold exactly the characters that they have a byte of.</summary>
    [Property(MaxTest = 500)]
    public Property Places_OfAnyCut_HoldTheCharactersOfTheirBytes() => Prop.ForAll(
        Gen.ArrayOf(Gen.Elements("a", " ", "é", "€", "🙂", "क", "\n")).Select(string.Concat).ToArbitrary(),
        Gen.ArrayOf(Gen.Choose(1, 5)).ToArbitrary(),
        (text, lengths) =>
        {
            var cut = Cut(Encoding.UTF8.GetBytes(text), lengths);
            var tokens = Of(cut);
            return tokens.Text == text && tokens.BrokenCount == 0 && Places(tokens).All(place =>
                Holds(text, place.CharStart, place.CharLength, tokens.BytesOf(place.Index))
                && tokens.At(place.CharStart) <= place.Index);
        });

    private static bool Holds(string text, int start, int length, ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetBytes(text.Substring(start, length)).AsSpan().IndexOf(bytes) >= 0;

    private static byte[][] Cut(byte[] bytes, int[] lengths)
    {
        var parts = new List<byte[]>();
        var rest = bytes.AsSpan();
        for (var i = 0; !rest.IsEmpty; i++)
        {
            var length = Math.Min(rest.Length, lengths.Length == 0 ? 2 : lengths[i % lengths.Length]);
            parts.Add(rest[..length].ToArray());
            rest = rest[length..];
        }
        return [.. parts];
    }

    private static IEnumerable<TokenPlace> Places(TokenizedText text) => Enumerable.Range(0, text.Count).Select(i => text[i]);

    private static TokenizedText Of(params string[] tokens) => Of([.. tokens.Select(Encoding.UTF8.GetBytes)]);

    private static TokenizedText Of(params byte[][] tokens) => TokenizedText.Of([.. Enumerable.Range(0, tokens.Length)], id => tokens[id]);
}
