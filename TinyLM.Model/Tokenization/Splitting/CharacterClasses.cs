using System.Globalization;
using System.Text;

namespace TinyLM.Model.Tokenization.Splitting;

/// <summary>Classes of characters, by code point: a pair of surrogates is one character, as it is for every other implementation.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] s_ofUnit = Table(unit => char.IsWhiteSpace(unit) ? CharacterClass.Space : Of(CharUnicodeInfo.GetUnicodeCategory(unit)));
    private static readonly LetterCase[] s_caseOfUnit = Table(unit => CaseOf(CharUnicodeInfo.GetUnicodeCategory(unit)));

    /// <summary>The class of the character at a position, and how many UTF-16 units it takes.</summary>
    public static CharacterClass At(ReadOnlySpan<char> text, int position, out int length)
    {
        if (!IsPair(text, position, out length)) return s_ofUnit[text[position]];
        return Of(Rune.GetUnicodeCategory(new Rune(text[position], text[position + 1])));
    }

    /// <summary>The case of the character at a position, and how many UTF-16 units it takes.</summary>
    public static LetterCase CaseAt(ReadOnlySpan<char> text, int position, out int length)
    {
        if (!IsPair(text, position, out length)) return s_caseOfUnit[text[position]];
        return CaseOf(Rune.GetUnicodeCategory(new Rune(text[position], text[position + 1])));
    }

    /// <summary>Whether two UTF-16 units make the character at a position, and how many do.</summary>
    public static bool IsPair(ReadOnlySpan<char> text, int position, out int length)
    {
        var isPair = char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]);
        length = isPair ? 2 : 1;
        return isPair;
    }

    private static T[] Table<T>(Func<char, T> of)
    {
        var table = new T[char.MaxValue + 1];
        for (var unit = 0; unit < table.Length; unit++) table[unit] = of((char)unit);
        return table;
    }

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };

    private static LetterCase CaseOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => LetterCase.Upper,
        UnicodeCategory.LowercaseLetter => LetterCase.Lower,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => LetterCase.Upper | LetterCase.Lower,
        _ => LetterCase.None,
    };
}
