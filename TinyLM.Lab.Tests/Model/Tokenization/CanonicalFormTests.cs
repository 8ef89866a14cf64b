using System.Security.Cryptography;
using System.Text;
using TinyLM.Model.Tokenization.Normalization;

namespace TinyLM.Lab.Tests.Model.Tokenization;

/// <summary>Normalization form C, beside Python's unicodedata 14.0.0: SHA-256 of a line for each code point.</summary>
public class CanonicalFormTests
{
    private static readonly int[] s_marks = [0x301, 0x323, 0x308, 0x345, 0x338, 0x5B0, 0x11A8, 0x1161, 0x3099, 0x110BA];

    [Fact]
    public void Compose_OfEachCharacter_IsWhatPythonGives() =>
        Assert.Equal("9cc65524a9d8082bf10840c616cd199bd2ac12ee49a3381bd6fb7957711f342b", HashOf(character => new Rune(character).ToString()));

    /// <summary>Each character taken apart, with three marks behind it.</summary>
    [Fact]
    public void Compose_OfEachCharacterWithMarks_IsWhatPythonGives() =>
        Assert.Equal("bf681cbd6c45cd1e1fd309733aa3a9cc6cc1949d8559014b84874d39147f1ef4", HashOf(character =>
            $"{new Rune(character)}{Mark(character)}{Mark(character / 10)}{Mark(character / 100)}"));

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("\u212b", "Å")]
    [InlineData("a\u0323\u0307", "\u1ea1\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\uac00\u11a7", "\uac00\u11a7")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("plain 🦊", "plain 🦊")]
    public void Compose_OfOneText_IsItsForm(string text, string expected) => Assert.Equal(expected, CanonicalForm.Compose(text).ToString());

    [Fact]
    public void Compose_OfAMillionMarks_EndsInTime()
    {
        var marks = string.Concat(Enumerable.Repeat("\u0345\u0323\u0301", 333_333));

        var composed = CanonicalForm.Compose("a" + marks).ToString();

        Assert.Equal(("\u1ea1\u0323", marks.Length), (composed[..2], composed.Length));
    }

    private static string HashOf(Func<int, string> text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var character = 0; character <= 0x10FFFF; character++)
            if (Rune.IsValid(character)) hash.AppendData(Encoding.UTF8.GetBytes($"{CanonicalForm.Compose(text(character))}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Rune Mark(int number) => new(s_marks[number % s_marks.Length]);
}
