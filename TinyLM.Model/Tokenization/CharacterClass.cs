using System.Globalization;
using System.Text;

namespace TinyLM.Model.Tokenization;

/// <summary>What the split patterns tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Neither of the others: <c>[^\s\p{L}\p{N}]</c>.</summary>
    Other,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,

    /// <summary><c>\s</c>, all of it within one UTF-16 unit.</summary>
    Space,
}

/// <summary>Classes of characters, by code point: a pair of surrogates is one character, as it is for every other implementation.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] s_ofUnit = CreateTable();

    /// <summary>The class of the character at a position, and how many UTF-16 units it takes.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int position, out int length)
    {
        var unit = text[position];
        length = 1;
        if (!char.IsHighSurrogate(unit) || position + 1 == text.Length || !char.IsLowSurrogate(text[position + 1])) return s_ofUnit[unit];
        length = 2;
        return Of(Rune.GetUnicodeCategory(new Rune(unit, text[position + 1])));
    }

    private static CharacterClass[] CreateTable()
    {
        var table = new CharacterClass[char.MaxValue + 1];
        for (var unit = 0; unit < table.Length; unit++)
            table[unit] = char.IsWhiteSpace((char)unit) ? CharacterClass.Space : Of(CharUnicodeInfo.GetUnicodeCategory((char)unit));
        return table;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
