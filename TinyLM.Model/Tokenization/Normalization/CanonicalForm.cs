using System.Buffers;
using System.Globalization;
using System.Text;

namespace TinyLM.Model.Tokenization.Normalization;

/// <summary>Unicode's normalization form C: characters that can be written in several ways, as <c>é</c> can, written in one.</summary>
/// <remarks>
/// Unicode Standard Annex 15, https://www.unicode.org/reports/tr15/. .NET's own is not there where globalization is invariant,
/// as it is here: it would give back every text as it is.
/// </remarks>
internal static class CanonicalForm
{
    private const int FirstSyllable = 0xAC00, FirstLead = 0x1100, FirstVowel = 0x1161, BeforeTails = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Dictionary<int, (int First, int Second)> s_parts = []; // no second: 0
    private static readonly Dictionary<(int First, int Second), int> s_wholes = [];
    private static readonly Dictionary<int, byte> s_classes = [];
    private static readonly SearchValues<char> s_mayChange = ReadData();

    /// <summary>The form of a text.</summary>
    /// <param name="text">Well-formed.</param>
    /// <returns>The text itself where it has that form already.</returns>
    public static ReadOnlySpan<char> Compose(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny(s_mayChange)) return text;
        var parts = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) AddParts(rune.Value, parts);
        SortMarks(parts);
        return Join(parts);
    }

    private static void AddParts(int character, List<int> parts)
    {
        if (character - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable)
        {
            parts.Add(FirstLead + syllable / (Vowels * Tails));
            parts.Add(FirstVowel + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails > 0) parts.Add(BeforeTails + syllable % Tails);
        }
        else if (s_parts.TryGetValue(character, out var two))
        {
            AddParts(two.First, parts);
            if (two.Second > 0) AddParts(two.Second, parts);
        }
        else
        {
            parts.Add(character);
        }
    }

    /// <summary>Puts marks that follow each other into the order of their classes; those of one class stay as they are.</summary>
    private static void SortMarks(List<int> parts)
    {
        for (var start = 0; start < parts.Count; start++)
        {
            var end = start;
            while (end < parts.Count && ClassOf(parts[end]) > 0) end++;
            if (end - start < 2) continue;
            int[] sorted = [.. parts[start..end].OrderBy(ClassOf)];
            for (var i = 0; i < sorted.Length; i++) parts[start + i] = sorted[i];
            start = end;
        }
    }

    private static string Join(List<int> parts)
    {
        var joined = new List<int>(parts.Count);
        var (starter, last) = (-1, 0); // index of the character that marks may go into; class of the last character
        foreach (var part in parts)
        {
            var of = ClassOf(part);
            var isNear = starter >= 0 && (starter == joined.Count - 1 || last > 0 && last < of);
            if (isNear && Whole(joined[starter], part) is > 0 and var whole)
            {
                joined[starter] = whole;
                continue;
            }
            if (of == 0) starter = joined.Count;
            last = of;
            joined.Add(part);
        }

        var text = new StringBuilder(joined.Count);
        foreach (var character in joined) text.Append(new Rune(character));
        return text.ToString();
    }

    private static int Whole(int first, int second)
    {
        if (first - FirstLead is >= 0 and < Leads and var lead && second - FirstVowel is >= 0 and < Vowels and var vowel) return FirstSyllable + (lead * Vowels + vowel) * Tails;
        if (first - FirstSyllable is >= 0 and < Leads * Vowels * Tails and var syllable && syllable % Tails == 0 && second - BeforeTails is > 0 and < Tails and var tail) return first + tail;
        return s_wholes.GetValueOrDefault((first, second));
    }

    private static int ClassOf(int character) => s_classes.GetValueOrDefault(character);

    /// <summary>Fills the tables.</summary>
    /// <returns>The UTF-16 units without which a text has the form already.</returns>
    private static SearchValues<char> ReadData()
    {
        var mayChange = new HashSet<int>(Enumerable.Range(FirstVowel, Vowels).Concat(Enumerable.Range(BeforeTails + 1, Tails - 1)));
        using var reader = new StreamReader(typeof(CanonicalForm).Assembly.GetManifestResourceStream("TinyLM.Model.Tokenization.Normalization.canonical.txt")!);
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "#") continue;
            if (words[0][0] == '=')
            {
                foreach (var range in words.Skip(1).Select(word => word.Split('-')))
                    for (var mark = Number(range[0]); mark <= Number(range[^1]); mark++)
                    {
                        s_classes[mark] = byte.Parse(words[0].AsSpan(1), CultureInfo.InvariantCulture);
                        mayChange.Add(mark);
                    }
                continue;
            }

            var (character, first, second) = (Number(words[0]), Number(words[1]), words.Length > 2 ? Number(words[2]) : 0);
            s_parts[character] = (first, second);
            if (second > 0) mayChange.Add(second);
            if (second > 0 && words[^1] != "!") s_wholes[(first, second)] = character;
            else mayChange.Add(character);
        }
        return SearchValues.Create([.. mayChange.Where(character => character <= char.MaxValue).Select(character => (char)character), .. mayChange.Where(character => character > char.MaxValue).Select(character => new Rune(character).ToString()[0]).Distinct()]);

        static int Number(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
