using TinyLM.Lab.Inspection;
using TinyLM.Model.Tokenization;

namespace TinyLM.Lab.Tests.Lab.Inspection;

public class TokenTextTests
{
    private static readonly TextTokenizer s_bytes = TextTokenizer.Create(new BpeVocabulary(SplitPattern.Gpt2, []));

    [Theory]
    [InlineData("a", "a")]
    [InlineData(" ", "·")]
    [InlineData("\n", "↵")]
    [InlineData("\t", "⇥")]
    [InlineData("\u0007", "<U+0007>")]
    public void Of_OneByte_CanBeSeen(string text, string expected) => Assert.Equal(expected, TokenText.Of(s_bytes, s_bytes.Encode(text).Single()));

    [Fact]
    public void Of_HalfACharacter_IsItsBytes() => Assert.Equal(["<C3>", "<A9>"], s_bytes.Encode("é").Select(id => TokenText.Of(s_bytes, id)));

    [Fact]
    public void Of_TokensThatAreNoText_HaveNames()
    {
        Assert.Equal(TokenText.EndOfText, TokenText.Of(s_bytes, s_bytes.EndOfTextId));
        Assert.Equal("⟨300⟩", TokenText.Of(s_bytes, 300));
    }
}
