using System.Text;
using TinyLM.Model.Tokenization.Anatomy;

namespace TinyLM.Lab.Tests.Model.Tokenization.Anatomy;

public class FertilityTests
{
    [Fact]
    public void Measure_OfAText_CountsCodePointsWordsAndBytes()
    {
        Assert.Equal(new TextMeasure(Characters: 14, Words: 3, Bytes: 18), TextMeasure.Of(" One  dé,🙂\tend"));
        Assert.Equal(default, TextMeasure.Of(""));
    }

    [Fact]
    public void Fertility_OfTwoTexts_IsThatOfBothTogether()
    {
        var both = new Fertility(new TextMeasure(10, 2, 12), 4) + new Fertility(new TextMeasure(10, 2, 20), 4);

        Assert.Equal((2.0, 4.0, 2.5), (both.TokensPerWord, both.BytesPerToken, both.CharactersPerToken));
        Assert.Equal(0, default(Fertility).TokensPerWord);
    }

    [Fact]
    public void Agreement_OfTwoCuts_NamesTheTokensThatOneAloneHas()
    {
        var agreement = TokenAgreement.Of([Of("the", " cat", "s", "!"), Of("the", " ca", "ts", "!")]);

        Assert.Equal([true, false, false, true], agreement[0]);
        Assert.Equal([true, false, false, true], agreement[1]);
    }

    [Fact]
    public void Agreement_OfThreeCuts_AsksAllOfThem()
    {
        var agreement = TokenAgreement.Of([Of("ab", "c"), Of("ab", "c"), Of("a", "b", "c")]);

        Assert.Equal([false, true], agreement[1]);
        Assert.Equal([false, false, true], agreement[2]);
    }

    [Fact]
    public void Agreement_OfDifferentTexts_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TokenAgreement.Of([Of("a"), Of("b")]));
    }

    [Theory]
    [InlineData("Once upon a time, 42!", WritingSystem.Latin)]
    [InlineData("Жили-были дед и баба", WritingSystem.Cyrillic)]
    [InlineData("Ἐν ἀρχῇ ἦν ὁ λόγος", WritingSystem.Greek)]
    [InlineData("昔々あるところに", WritingSystem.Kana)]
    [InlineData("很久很久以前", WritingSystem.Han)]
    [InlineData("옛날 옛적에", WritingSystem.Hangul)]
    [InlineData("كان يا ما كان", WritingSystem.Arabic)]
    [InlineData("एक समय की बात है", WritingSystem.Indic)]
    [InlineData("กาลครั้งหนึ่ง", WritingSystem.SoutheastAsian)]
    [InlineData("ᏣᎳᎩ", WritingSystem.Other)]
    [InlineData("12 + 34 = 🙂", WritingSystem.None)]
    public void WritingSystem_OfAText_IsThatOfMostOfItsLetters(string text, WritingSystem expected)
    {
        Assert.Equal(expected, WritingSystems.Of(text));
    }

    private static TokenizedText Of(params string[] tokens) => TokenizedText.Of([.. Enumerable.Range(0, tokens.Length)], id => Encoding.UTF8.GetBytes(tokens[id]));
}
