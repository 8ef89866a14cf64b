using System.Text;

namespace TinyLM.Benchmarks;

/// <summary>Texts on which careless tokenizers take time without end.</summary>
internal static class HardTexts
{
    /// <summary>Each by its name, made for a number of bytes.</summary>
    public static IReadOnlyList<(string Name, Func<int, string> Make)> All { get; } =
    [
        ("spaces", length => new string(' ', length)),
        ("one letter", length => new string('a', length)),
        ("letters, no space", length => Letters(length)),
        ("digits", length => new string('7', length)),
        ("line breaks", length => string.Concat(Enumerable.Repeat("\r\n", length / 2))),
        ("random Unicode", RandomUnicode),
    ];

    private static string Letters(int length)
    {
        var random = new Random(1);
        return string.Create(length, random, (text, source) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + source.Next(26));
        });
    }

    private static string RandomUnicode(int length)
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var bytes = 0; bytes < length;)
        {
            var codePoint = random.Next(0x11_0000);
            if (!Rune.IsValid(codePoint)) continue;
            var rune = new Rune(codePoint);
            text.Append(rune);
            bytes += rune.Utf8SequenceLength;
        }
        return text.ToString();
    }
}
