using System.Text;

namespace TinyLM.Model.Tokenization.Anatomy;

/// <summary>Tells scripts apart, by the blocks of Unicode that letters stand in.</summary>
/// <remarks>The Unicode Standard, Blocks.txt; the blocks of living scripts. A letter in any other block is <see cref="WritingSystem.Other"/>.</remarks>
public static class WritingSystems
{
    private static readonly (int First, int Last, WritingSystem System)[] s_blocks =
    [
        (0x0000, 0x02AF, WritingSystem.Latin),
        (0x0370, 0x03FF, WritingSystem.Greek),
        (0x0400, 0x052F, WritingSystem.Cyrillic),
        (0x0530, 0x058F, WritingSystem.Caucasian),
        (0x0590, 0x05FF, WritingSystem.Hebrew),
        (0x0600, 0x06FF, WritingSystem.Arabic),
        (0x0750, 0x077F, WritingSystem.Arabic),
        (0x0860, 0x08FF, WritingSystem.Arabic),
        (0x0900, 0x0DFF, WritingSystem.Indic),
        (0x0E00, 0x109F, WritingSystem.SoutheastAsian),
        (0x10A0, 0x10FF, WritingSystem.Caucasian),
        (0x1100, 0x11FF, WritingSystem.Hangul),
        (0x1200, 0x139F, WritingSystem.Ethiopic),
        (0x1780, 0x17FF, WritingSystem.SoutheastAsian),
        (0x1C80, 0x1C8F, WritingSystem.Cyrillic),
        (0x1C90, 0x1CBF, WritingSystem.Caucasian),
        (0x1E00, 0x1EFF, WritingSystem.Latin),
        (0x1F00, 0x1FFF, WritingSystem.Greek),
        (0x2C60, 0x2C7F, WritingSystem.Latin),
        (0x2D80, 0x2DDF, WritingSystem.Ethiopic),
        (0x2DE0, 0x2DFF, WritingSystem.Cyrillic),
        (0x3005, 0x3007, WritingSystem.Han),
        (0x3040, 0x30FF, WritingSystem.Kana),
        (0x3130, 0x318F, WritingSystem.Hangul),
        (0x31F0, 0x31FF, WritingSystem.Kana),
        (0x3400, 0x9FFF, WritingSystem.Han),
        (0xA640, 0xA69F, WritingSystem.Cyrillic),
        (0xA720, 0xA7FF, WritingSystem.Latin),
        (0xA8E0, 0xA8FF, WritingSystem.Indic),
        (0xAB00, 0xAB2F, WritingSystem.Ethiopic),
        (0xAB30, 0xAB6F, WritingSystem.Latin),
        (0xAC00, 0xD7FF, WritingSystem.Hangul),
        (0xF900, 0xFAFF, WritingSystem.Han),
        (0xFB50, 0xFDFF, WritingSystem.Arabic),
        (0xFE70, 0xFEFF, WritingSystem.Arabic),
        (0xFF21, 0xFF5A, WritingSystem.Latin),
        (0xFF66, 0xFF9F, WritingSystem.Kana),
        (0x20000, 0x3FFFF, WritingSystem.Han),
    ];

    /// <summary>The script of a character; <see cref="WritingSystem.None"/> for one that is no letter.</summary>
    public static WritingSystem Of(Rune rune)
    {
        if (!Rune.IsLetter(rune)) return WritingSystem.None;
        foreach (var (first, last, system) in s_blocks)
            if (rune.Value <= last) return rune.Value >= first ? system : WritingSystem.Other;
        return WritingSystem.Other;
    }

    /// <summary>The script that most letters of a text are in.</summary>
    /// <remarks>Text with kana is Japanese whatever Chinese characters are in it, so kana win over Han from a tenth of the letters on.</remarks>
    public static WritingSystem Of(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[(int)WritingSystem.Other + 1];
        foreach (var rune in text.EnumerateRunes()) counts[(int)Of(rune)]++;
        counts[(int)WritingSystem.None] = 0;
        var (best, letters) = (WritingSystem.None, 0);
        for (var system = 1; system < counts.Length; system++)
        {
            letters += counts[system];
            if (counts[system] > counts[(int)best]) best = (WritingSystem)system;
        }
        return best == WritingSystem.Han && counts[(int)WritingSystem.Kana] * 10 >= letters ? WritingSystem.Kana : best;
    }
}
