using System.Globalization;

namespace TinyLM.Lab.Runs.Filtering;

/// <summary>Numbers as people write them into a filter: with a power of ten, a size or a time behind.</summary>
internal static class FilterNumber
{
    /// <summary>Longer endings first, so that <c>MB</c> is not read as <c>B</c>.</summary>
    private static readonly (string Ending, double Factor)[] s_endings =
    [
        ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("min", 60), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("B", 1e9), ("T", 1e12), ("%", 0.01), ("s", 1), ("h", 3600), ("d", 86400),
    ];

    /// <summary>Reads a number; null where the text is none.</summary>
    public static double? Parse(string text)
    {
        var factor = 1.0;
        foreach (var (ending, value) in s_endings)
            if (text.EndsWith(ending, StringComparison.Ordinal))
            {
                (text, factor) = (text[..^ending.Length], value);
                break;
            }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number * factor : null;
    }
}
